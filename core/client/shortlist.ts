import { RpcError } from "../error.ts";
import type { Provider } from "./provider.ts";

/** How many lists are remembered, so that those who route and balance get the same arrays again. */
const REMEMBERED = 32;

/** Some of the ready providers of a service, in an order, and whom of them calls go to. Made once for each such list. */
export class Shortlist {
  readonly all: readonly Provider[];
  /** Those who serve and have weight; where there are none such, those who serve; else all. */
  readonly preferred: readonly Provider[];

  constructor(all: readonly Provider[]) {
    this.all = all;
    const serving = all.filter((provider) => provider.serving);
    const able = serving.length > 0 ? serving : all;
    const weighty = able.filter(({ weight }) => weight > 0);
    const preferred = weighty.length > 0 ? weighty : able;
    this.preferred = preferred.length === all.length ? all : preferred;
  }
}

/** The lists made of one set of ready providers: the same array for the same members in the same order, as long as the set lasts. */
export class Shortlists {
  readonly everybody: Shortlist;
  /** The last used first. */
  readonly #recent: Shortlist[] = [];

  constructor(ready: readonly Provider[]) {
    this.everybody = new Shortlist(ready);
  }

  /** Throws for a list with members that are no provider of the set. */
  of(list: readonly Provider[]): Shortlist {
    const recent = this.#recent;
    if (isSame(list, this.everybody.all)) return this.everybody;
    for (let i = 0; i < recent.length; i++) {
      const known = recent[i] as Shortlist;
      if (!isSame(list, known.all)) continue;
      if (i > 0) {
        recent.splice(i, 1);
        recent.unshift(known);
      }
      return known;
    }
    return this.#remember(list);
  }

  #remember(list: readonly Provider[]): Shortlist {
    const set = new Set(this.everybody.all);
    if (!Array.isArray(list) || !list.every((provider) => set.has(provider))) {
      throw new RpcError({
        code: "INTERNAL",
        message: "a router returned what it was not given; return a list of some of its candidates",
      });
    }
    const made = new Shortlist([...list]);
    if (this.#recent.unshift(made) > REMEMBERED) this.#recent.pop();
    return made;
  }
}

function isSame(a: readonly Provider[], b: readonly Provider[]): boolean {
  if (a === b) return true;
  if (a?.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
