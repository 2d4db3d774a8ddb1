import { arg, defineService, rpc, stream, t } from "../../../index.ts";

/** What hostile peers are let loose on. */
export const Target = defineService(
  "hostile.Target",
  {},
  {
    echo: rpc({ params: [arg("text", t.string)], returns: t.string }),
    /** Answers when its caller has left. */
    hang: rpc({ params: [arg("text", t.string)], returns: t.string }),
    big: rpc({ params: [arg("bytes", t.int32)], returns: t.bytes }),
    /** Without an end. */
    watch: stream({ params: [arg("bytes", t.int32)], yields: t.bytes }),
    sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int32 }),
  },
);

/** What the process of a target is asked. */
export type Order = "measure" | "close";
export interface Figures {
  /** Resident memory, after what could be given back was. */
  readonly rssBytes: number;
  /** Handlers at work. */
  readonly running: number;
  /** Sockets that are open. */
  readonly sockets: number;
  /** The most frequent errors, and how often each came. */
  readonly errors: readonly (readonly [string, number])[];
}
