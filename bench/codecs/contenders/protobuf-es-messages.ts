import { create, fromBinary, type Message, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Contender, Prepared } from "../contender.ts";
import { conversion } from "../conversion.ts";
import { fromEs, messageOf, toEs } from "../protobuf-es-form.ts";

/** For callers that hold its messages: making one of a plain object, or reading one, takes no time here. */
export const contender: Contender = {
  prepare(type) {
    const message = messageOf(type);
    const to = conversion(type, toEs);
    const prepared: Prepared<Message> = {
      own: (value) => create(message, (to?.(value) ?? value) as MessageInitShape<typeof message>),
      encode: (value) => toBinary(message, value),
      decode: (bytes) => fromBinary(message, bytes),
      plain: conversion(type, fromEs) ?? ((value) => value),
    };
    return prepared as Prepared;
  },
};
