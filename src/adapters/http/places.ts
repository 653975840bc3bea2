/** So many at once, and no more. */
export type Places = {
  /** Gives the place back; undefined: all are taken. */
  take(): (() => void) | undefined;
};

export function createPlaces(most: number): Places {
  let taken = 0;
  return {
    take() {
      if (taken >= most) return undefined;
      taken += 1;
      let isTaken = true;
      return () => {
        if (isTaken) taken -= 1;
        isTaken = false;
      };
    },
  };
}

/** Bodies that take many times their length once they are read: so many are held at once, and one is worked on. */
export type LargeBodies = Places & { inTurn<Result>(work: () => Promise<Result>): Promise<Result> };

export function createLargeBodies(most: number): LargeBodies {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ...createPlaces(most),
    inTurn(work) {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
  };
}
