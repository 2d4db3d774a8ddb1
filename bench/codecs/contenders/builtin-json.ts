import type { Contender } from "../contender.ts";
import { conversion } from "../conversion.ts";
import { fromJson, toJson } from "../json-form.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const contender: Contender = {
  prepare(type) {
    const to = conversion(type, toJson);
    const from = conversion(type, fromJson);
    return {
      encode:
        to === undefined
          ? (value) => encoder.encode(JSON.stringify(value))
          : (value) => encoder.encode(JSON.stringify(to(value))),
      decode:
        from === undefined
          ? (bytes) => JSON.parse(decoder.decode(bytes))
          : (bytes) => from(JSON.parse(decoder.decode(bytes))),
    };
  },
};
