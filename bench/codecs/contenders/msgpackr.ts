import { Packr } from "msgpackr";
import type { Contender } from "../contender.ts";

/** Shared structures: a shape crosses once, and is a number after that. Both sides hold the same list. */
export const contender: Contender = {
  prepare() {
    const packr = new Packr({ structures: [] });
    return { encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) };
  },
};
