import { arg, defineService, oneway, rpc, stream, t, topic } from "trunkline";
import { Order, OutOfStock } from "./contract.ts";

/** The contract of `contract.ts` without decorators. */
export const Defined = defineService(
  "cells.Orders",
  { version: "1.2.3", group: "cells" },
  {
    place: rpc({ params: [arg("order", Order)], returns: t.int64, throws: [OutOfStock], idempotent: true }),
    pack: rpc({
      params: [t.int32, arg("report", t.callback([arg("percent", t.int32)], t.bool))],
      returns: t.string,
    }),
    load: rpc({ params: [arg("orders", t.stream(Order))], returns: t.int32 }),
    audit: oneway({ params: [arg("line", t.string)] }),
    count: stream({ params: [arg("from", t.int64)], yields: t.int64 }),
    placed: topic(Order),
    echo: rpc(),
  },
);
