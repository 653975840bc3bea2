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
