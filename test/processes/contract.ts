import { arg, defineService, rpc, stream, t } from "../../index.ts";

/** What the providers of these tests serve. Each executed call leaves a line in the provider's journal. */
export const Ledger = defineService(
  "proc.Ledger",
  {},
  {
    add: rpc({ params: [arg("id", t.string)], returns: t.string }),
    put: rpc({ params: [arg("id", t.string)], returns: t.string, idempotent: true }),
    take: rpc({ params: [arg("bytes", t.bytes)], returns: t.int32 }),
    give: rpc({ params: [arg("length", t.int32)], returns: t.bytes }),
    feed: stream({ params: [arg("length", t.int32)], yields: t.bytes }),
    hang: rpc({ params: [arg("id", t.string)] }),
  },
);
