import { gzipSync } from "node:zlib";
import type { StructType } from "../../core/type/type.ts";
import { answer } from "../answer.ts";
import { allocatedBytes } from "./allocation.ts";
import type { Contender, Prepared } from "./contender.ts";
import { difference } from "./difference.ts";

/** What one message is, or why it is not measured. */
export interface Opened {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Why it cannot carry the value, in its own words. */
  readonly refused?: string;
  /** What the round trip lost, in words. */
  readonly lost?: string | undefined;
}

export type Direction = "encode" | "decode";

export interface Timing {
  readonly calls: number;
  readonly nanoseconds: number;
}

/** Calls between two looks at the clock take about this long, so that the clock costs nothing. */
const batchMs = 1;

let run: Record<Direction, () => unknown> | undefined;
const batches: Record<Direction, number> = { encode: 1, decode: 1 };
/** What was made last; kept, so that nothing of the work can be left out. */
export let last: unknown;

interface RoundTrip {
  readonly bytes: Uint8Array;
  readonly lost: string | undefined;
}

function roundTrip(prepared: Prepared, type: StructType, value: unknown): RoundTrip {
  const own = prepared.own?.(value) ?? value;
  const bytes = prepared.encode(own);
  if (!(bytes instanceof Uint8Array)) throw new Error("encode returned no Uint8Array");
  const copy = Buffer.from(bytes);
  // The same message again, so a scratch would hold the same bytes: it is overwritten by hand.
  const again = prepared.encode(own);
  again.fill(0);
  if (Buffer.compare(copy, bytes) !== 0) throw new Error("encode returned the same memory twice");
  const decoded = prepared.decode(copy);
  return { bytes: copy, lost: difference(type, value, prepared.plain?.(decoded) ?? decoded) };
}

/** CPU time of the process, its garbage collection and compilation included: what other processes do costs nothing. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function calls(direction: Direction): () => unknown {
  if (run === undefined) throw new Error("not open");
  return run[direction];
}

const commands = {
  /** `file` is the contender's, beside this one. */
  async open(file: string, type: StructType, value: unknown): Promise<Opened> {
    const { contender }: { contender: Contender } = await import(new URL(file, import.meta.url).href);
    let prepared: Prepared;
    let trip: RoundTrip;
    try {
      prepared = await contender.prepare(type);
      trip = roundTrip(prepared, type, value);
    } catch (error) {
      return { bytes: 0, gzipBytes: 0, refused: String((error as Error).message || error) };
    }
    const { bytes, lost } = trip;
    const own = prepared.own?.(value) ?? value;
    run = { encode: () => prepared.encode(own), decode: () => prepared.decode(bytes) };
    return { bytes: bytes.length, gzipBytes: gzipSync(bytes).length, lost };
  },
  time(direction: Direction, seconds: number): Timing {
    const call = calls(direction);
    const start = cpuMs();
    const end = start + seconds * 1000;
    let batch = batches[direction];
    let done = 0;
    let now = start;
    while (now < end) {
      const from = now;
      for (let left = batch; left > 0; left--) last = call();
      done += batch;
      now = cpuMs();
      const each = (now - from) / batch;
      batch = Math.max(1, Math.min(batch * 2, Math.ceil(batchMs / Math.max(each, 1e-6))));
    }
    batches[direction] = batch;
    return { calls: done, nanoseconds: ((now - start) * 1e6) / done };
  },
  allocation: (direction: Direction): number => allocatedBytes(calls(direction)),
};

export type CodecCommands = typeof commands;
answer(commands);
