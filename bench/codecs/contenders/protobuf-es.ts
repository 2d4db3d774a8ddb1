import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Contender } from "../contender.ts";
import { conversion } from "../conversion.ts";
import { fromEs, messageOf, toEs } from "../protobuf-es-form.ts";

/** From and to plain objects: a message is made for each value. What it decodes is a plain object with a `$typeName`. */
export const contender: Contender = {
  prepare(type) {
    const message = messageOf(type);
    const to = conversion(type, toEs);
    const from = conversion(type, fromEs);
    const encode = (value: unknown) => toBinary(message, create(message, value as MessageInitShape<typeof message>));
    return {
      encode: to === undefined ? encode : (value) => encode(to(value)),
      decode: from === undefined ? (bytes) => fromBinary(message, bytes) : (bytes) => from(fromBinary(message, bytes)),
    };
  },
};
