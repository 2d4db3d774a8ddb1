import { RpcError } from "../../core/error.ts";
import { type Compression, compressions } from "./compression.ts";

/** What this side reads and writes, for the headers that say so. */
export const supportedEncodings = [...compressions.keys()].join(",");

const MAX_KNOWN = 64;

/** What peers say of compression in their headers. */
export class Encodings {
  /** By the text of the header: peers mostly send the same. Bounded, as it is theirs. */
  readonly #accepted = new Map<string, Compression | undefined>();

  /** How a peer has compressed; `undefined` for not at all. Throws where this side cannot read it. */
  named(header: unknown): Compression | undefined {
    if (header === undefined || header === "identity" || header === "") return undefined;
    const encoding = compressions.get(String(header).toLowerCase());
    if (encoding !== undefined) return encoding;
    const message = `the encoding ${String(header).slice(0, 40)} is not known here; supported are ${supportedEncodings}`;
    throw new RpcError({ code: "UNIMPLEMENTED", message });
  }

  /** The first that the peer takes and this side writes; `undefined` for none. */
  accepted(header: unknown): Compression | undefined {
    if (header === undefined || header === "identity") return undefined;
    const text = String(header);
    const known = this.#accepted.get(text);
    if (known !== undefined || this.#accepted.has(text)) return known;
    const found = text
      .split(",")
      .filter((part) => !/;\s*q\s*=\s*0(\.0*)?\s*$/.test(part))
      .map((part) => compressions.get(part.replace(/;.*/, "").trim().toLowerCase()))
      .find((one) => one !== undefined);
    if (this.#accepted.size >= MAX_KNOWN) this.#accepted.clear();
    this.#accepted.set(text, found);
    return found;
  }
}
