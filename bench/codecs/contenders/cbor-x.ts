import { Encoder } from "cbor-x";
import type { Contender } from "../contender.ts";

/** Shared structures, as for msgpackr. */
export const contender: Contender = {
  prepare() {
    const cbor = new Encoder({ structures: [] });
    return { encode: (value) => cbor.encode(value), decode: (bytes) => cbor.decode(bytes) };
  },
};
