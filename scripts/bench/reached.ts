const EVERY_MS = 10;

/** Resolves when it is so; throws when it is not by then. `what`: "a report". */
export async function reached(condition: () => boolean | Promise<boolean>, what: string, withinMs = 120_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`expected ${what} within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
