/** Lets a number of calls pass; the others wait until it opens. */
export class Gate {
  readonly #open: Promise<void>;
  #release!: () => void;
  #left: number;

  constructor(calls: number) {
    this.#left = calls;
    this.#open = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  async pass(): Promise<void> {
    if (--this.#left < 0) await this.#open;
  }

  open(): void {
    this.#release();
  }
}
