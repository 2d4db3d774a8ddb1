/** What is made once for each key, for as long as somebody else holds the key. */
export class Memo<K extends object, V> {
  readonly #made = new WeakMap<K, V>();

  of(key: K, make: (key: K) => V): V {
    let value = this.#made.get(key);
    if (value === undefined) {
      value = make(key);
      this.#made.set(key, value);
    }
    return value;
  }
}

/** The same for pairs of keys. */
export class PairMemo<K extends object, V> {
  readonly #made = new Memo<K, Memo<K, V>>();

  of(a: K, b: K, make: (a: K, b: K) => V): V {
    return this.#made.of(a, () => new Memo()).of(b, () => make(a, b));
  }
}
