import { readShortAscii } from "./text.ts";

const SLOTS = 256;

/**
 * Names that were read before, so that the same bytes need no new string: to make one, and to look it up among the names of
 * all objects, is a third of the time of an untyped value (measured on Node 20). What is kept changes nothing but the time;
 * it is 256 names of at most 31 characters, whatever a peer sends: another name in the same slot takes the place.
 */
export class NameCache {
  readonly #names: string[] = new Array(SLOTS).fill("");

  /** The text of the `length` bytes at `p`, at most 31; `undefined` where one is not ASCII. */
  read(b: Uint8Array, p: number, length: number): string | undefined {
    if (length === 0) return "";
    const [first, middle, last] = [b[p] as number, b[p + (length >> 1)] as number, b[p + length - 1] as number];
    const slot = (length + 5 * first + 17 * middle + 31 * last) & (SLOTS - 1);
    const known = this.#names[slot] as string;
    if (isSame(b, p, length, known)) return known;
    const name = readShortAscii(b, p, length);
    // The string that the engine has for the name of a member.
    if (name !== undefined) this.#names[slot] = Object.keys({ [name]: 0 })[0] as string;
    return name;
  }
}

function isSame(b: Uint8Array, p: number, length: number, name: string): boolean {
  if (name.length !== length) return false;
  for (let i = 0; i < length; i++) if (name.charCodeAt(i) !== b[p + i]) return false;
  return true;
}
