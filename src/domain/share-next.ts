/**
 * Who asks while an answer is being fetched shares the next one with all others who do: nobody is given what was fetched before they
 * asked, and however many ask at once, two fetches answer them.
 */
export function shareNext<Value>(fetch: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<unknown> | undefined;
  let next: Promise<Value> | undefined;

  function start(): Promise<Value> {
    const fetched = fetch();
    const ended = fetched.then(
      () => undefined,
      () => undefined,
    );
    running = ended;
    void ended.then(() => {
      if (running === ended) running = undefined;
    });
    return fetched;
  }

  return () => {
    if (running === undefined) return start();
    next ??= running.then(() => {
      next = undefined;
      return start();
    });
    return next;
  };
}
