import type { Contender } from "../contender.ts";
import { conversion } from "../conversion.ts";
import { fromJson, toJson } from "../json-form.ts";

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** JSON between strings and bytes by Node's `Buffer` in place of TextEncoder and TextDecoder. */
export const contender: Contender = {
  prepare(type) {
    const to = conversion(type, toJson);
    const from = conversion(type, fromJson);
    return {
      encode:
        to === undefined
          ? (value) => Buffer.from(JSON.stringify(value))
          : (value) => Buffer.from(JSON.stringify(to(value))),
      decode: from === undefined ? (bytes) => JSON.parse(text(bytes)) : (bytes) => from(JSON.parse(text(bytes))),
    };
  },
};
