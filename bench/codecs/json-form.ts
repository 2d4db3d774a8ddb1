import type { Form } from "./conversion.ts";

/** What JSON has no form for becomes text, by the rules that our codec follows. `JSON.stringify` itself writes dates. */
export const toJson: Form = {
  scope: { Buffer },
  expression(type, x) {
    if (type.kind === "int64") return `String(${x})`;
    if (type.kind === "bytes") return `Buffer.from(${x}.buffer, ${x}.byteOffset, ${x}.length).toString("base64")`;
    return undefined;
  },
};

export const fromJson: Form = {
  scope: { Buffer },
  expression(type, x) {
    if (type.kind === "int64") return `BigInt(${x})`;
    if (type.kind === "bytes") return `Buffer.from(${x}, "base64")`;
    if (type.kind === "timestamp") return `new Date(${x})`;
    return undefined;
  },
};
