/** A queue in which every step takes the same time, however long it is. */
export class Ring<T> {
  /** A power of two of places. */
  #places: (T | undefined)[] = new Array(8);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The oldest, which stays. */
  get first(): T | undefined {
    return this.#places[this.#first];
  }

  push(item: T): void {
    if (this.#length === this.#places.length) this.#grow();
    this.#places[(this.#first + this.#length) & (this.#places.length - 1)] = item;
    this.#length++;
  }

  /** Takes the oldest. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#places[this.#first];
    this.#places[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#places.length - 1);
    // What a burst made large must not stay so.
    if (--this.#length === 0 && this.#places.length > 1024) this.#places = new Array(8);
    if (this.#length === 0) this.#first = 0;
    return item;
  }

  #grow(): void {
    const places: (T | undefined)[] = new Array(this.#places.length * 2);
    for (let i = 0; i < this.#length; i++) places[i] = this.#places[(this.#first + i) & (this.#places.length - 1)];
    this.#places = places;
    this.#first = 0;
  }
}
