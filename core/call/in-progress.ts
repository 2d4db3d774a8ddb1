/** What can be among those in progress: its place there, -1 outside. */
export interface Placed {
  place: number;
}

/**
 * Those in progress, of whom very many come and go. A `Set` would do, but for V8: each table that it leaves behind refers to the
 * next one, so that once one of them is old, all that came later survive until the next full collection, which costs as much
 * as a call itself.
 */
export class InProgress<T extends Placed> {
  readonly #items: (T | undefined)[] = [];
  readonly #free: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    item.place = this.#free.pop() ?? this.#items.length;
    this.#items[item.place] = item;
    this.#size++;
  }

  /** False for what is not among them. */
  delete(item: T): boolean {
    const { place } = item;
    if (place < 0 || this.#items[place] !== item) return false;
    item.place = -1;
    this.#items[place] = undefined;
    this.#free.push(place);
    this.#size--;
    return true;
  }

  all(): T[] {
    return this.#items.filter((item) => item !== undefined);
  }

  /** All of them, who are in progress no more. */
  takeAll(): T[] {
    const all = this.all();
    for (const item of all) item.place = -1;
    this.#items.length = 0;
    this.#free.length = 0;
    this.#size = 0;
    return all;
  }
}
