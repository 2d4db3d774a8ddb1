/** What stands at one word of the patterns that have a wildcard. */
interface Word<T> {
  /** By the word that comes next. */
  next: Map<string, Word<T>> | undefined;
  /** Where the next word is `*`. */
  any: Word<T> | undefined;
  /** Whose pattern ends here. */
  here: Set<T> | undefined;
  /** Whose pattern goes on with `>`, its last word. */
  beyond: Set<T> | undefined;
}

/**
 * Finds who wants a key without asking each: exact keys by a look-up, patterns with `*` and a final `>` by a tree of their
 * words, who wants every key in one set. It keeps as many nodes as the patterns in it have words, and forgets them with the
 * last that has them; a look-up visits each node once at the most.
 */
export class KeyIndex<T> {
  readonly #every = new Set<T>();
  readonly #exact = new Map<string, Set<T>>();
  readonly #patterns: Word<T> = word();

  /** `undefined` wants every key. Nobody is added twice. */
  add(pattern: string | undefined, one: T): void {
    if (isEvery(pattern)) this.#every.add(one);
    else if (isExact(pattern)) this.#addExact(pattern, one);
    else this.#addPattern(pattern.split("."), one);
  }

  /** `pattern` as it was added. */
  delete(pattern: string | undefined, one: T): void {
    if (isEvery(pattern)) this.#every.delete(one);
    else if (isExact(pattern)) this.#deleteExact(pattern, one);
    else this.#deletePattern(pattern.split("."), one);
  }

  /** True while nobody is in it. */
  get empty(): boolean {
    return this.#every.size === 0 && this.#exact.size === 0 && isBare(this.#patterns);
  }

  /** Who wants the key, each in one of the sets. They are the index's own: whoever leaves while they are read is not met. */
  matching(key: string): readonly ReadonlySet<T>[] {
    const found: Set<T>[] = [];
    if (this.#every.size > 0) found.push(this.#every);
    const exact = this.#exact.get(key);
    if (exact !== undefined) found.push(exact);
    if (!isBare(this.#patterns)) this.#walk(key, found);
    return found;
  }

  /** Word by word, at all places of the tree that the words so far lead to; ends where they lead nowhere. */
  #walk(key: string, found: Set<T>[]): void {
    let places = [this.#patterns];
    for (let from = 0; from >= 0 && places.length > 0; ) {
      const dot = key.indexOf(".", from);
      const part = dot < 0 ? key.slice(from) : key.slice(from, dot);
      from = dot < 0 ? -1 : dot + 1;
      const reached: Word<T>[] = [];
      for (const place of places) {
        if (place.beyond !== undefined) found.push(place.beyond);
        const next = place.next?.get(part);
        if (next !== undefined) reached.push(next);
        if (place.any !== undefined) reached.push(place.any);
      }
      places = reached;
    }
    for (const { here } of places) if (here !== undefined) found.push(here);
  }

  #addExact(key: string, one: T): void {
    const same = this.#exact.get(key);
    if (same === undefined) this.#exact.set(key, new Set([one]));
    else same.add(one);
  }

  #deleteExact(key: string, one: T): void {
    const same = this.#exact.get(key);
    if (same?.delete(one) && same.size === 0) this.#exact.delete(key);
  }

  #addPattern(words: readonly string[], one: T): void {
    let place = this.#patterns;
    for (const [i, name] of words.entries()) {
      if (name === ">" && i === words.length - 1) {
        place.beyond ??= new Set();
        place.beyond.add(one);
        return;
      }
      place = name === "*" ? anyOf(place) : nextOf(place, name);
    }
    place.here ??= new Set();
    place.here.add(one);
  }

  #deletePattern(words: readonly string[], one: T): void {
    const path: Word<T>[] = [this.#patterns];
    const last = words[words.length - 1] === ">" ? words.length - 1 : words.length;
    for (let i = 0; i < last; i++) {
      const place = path[i] as Word<T>;
      const next = words[i] === "*" ? place.any : place.next?.get(words[i] as string);
      if (next === undefined) return;
      path.push(next);
    }
    const end = path[last] as Word<T>;
    const kind = last === words.length ? "here" : "beyond";
    end[kind]?.delete(one);
    if (end[kind]?.size === 0) end[kind] = undefined;
    for (let i = last; i > 0 && isBare(path[i] as Word<T>); i--) {
      leave(path[i - 1] as Word<T>, words[i - 1] as string);
    }
  }
}

function isEvery(pattern: string | undefined): pattern is undefined | ">" {
  return pattern === undefined || pattern === ">";
}

/** Without a word that stands for others. */
function isExact(pattern: string): boolean {
  return !/(^|\.)\*(\.|$)|\.>$/.test(pattern);
}

function word<T>(): Word<T> {
  return { next: undefined, any: undefined, here: undefined, beyond: undefined };
}

/** Nothing hangs on it. */
function isBare({ next, any, here, beyond }: Word<unknown>): boolean {
  return next === undefined && any === undefined && here === undefined && beyond === undefined;
}

function anyOf<T>(place: Word<T>): Word<T> {
  place.any ??= word();
  return place.any;
}

function nextOf<T>(place: Word<T>, name: string): Word<T> {
  place.next ??= new Map();
  let next = place.next.get(name);
  if (next === undefined) {
    next = word();
    place.next.set(name, next);
  }
  return next;
}

function leave(place: Word<unknown>, name: string): void {
  if (name === "*") {
    place.any = undefined;
    return;
  }
  place.next?.delete(name);
  if (place.next?.size === 0) place.next = undefined;
}
