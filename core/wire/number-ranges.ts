interface Range {
  readonly from: number;
  readonly count: number;
}

/** Numbers given out in runs, the lowest that are free first, so that tables by number stay small. */
export class NumberRanges {
  readonly #most: number;
  /** In use, in order. */
  readonly #taken: Range[] = [];

  /** Numbers are below `most`. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The first of `count` numbers in a row; `undefined` where there are not so many. */
  take(count: number): number | undefined {
    if (count === 0) return 0;
    let from = 0;
    let place = 0;
    for (const taken of this.#taken) {
      if (taken.from - from >= count) break;
      from = taken.from + taken.count;
      place++;
    }
    if (from + count > this.#most) return undefined;
    this.#taken.splice(place, 0, { from, count });
    return from;
  }

  /** Gives back what `take` gave. */
  free(from: number, count: number): void {
    if (count === 0) return;
    this.#taken.splice(
      this.#taken.findIndex((one) => one.from === from),
      1,
    );
  }
}
