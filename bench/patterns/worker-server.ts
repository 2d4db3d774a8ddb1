import { deepStrictEqual } from "node:assert";
import { answer } from "../answer.ts";
import { type Order, order } from "../rpc/order.ts";
import type { Contender, RunningServer } from "./contender.ts";
import { oneways } from "./oneways.ts";
import { type FanOut, keysOf } from "./pattern.ts";
import { Tally } from "./tally.ts";

export interface Addresses {
  readonly address: string;
  /** Of the tally, beside the contender's own connection. */
  readonly tallyPort: number;
}

export interface FanOutOptions extends FanOut {
  readonly subscribers: number;
  readonly seconds: number;
}

export interface Published {
  readonly messages: number;
  /** Until the last one has been delivered. */
  readonly seconds: number;
}

let server: RunningServer | undefined;
let told: Promise<Tally> | undefined;
let handled = 0;

/** The count is the answer; that each of them arrives whole is looked at once, and by what changes from call to call. */
function onOneway(value: Order, tally: Tally | undefined): void {
  if (handled === 0) deepStrictEqual(structuredClone(value), structuredClone(order), "a oneway's argument");
  if (value.id !== order.id || value.items.length !== order.items.length) throw new Error("a oneway was garbled");
  if (++handled % oneways.perStep === 0) tally?.step();
}

const commands = {
  async start(name: string, broker: string | undefined): Promise<Addresses> {
    const module: { contender: Contender } = await import(new URL(`./contenders/${name}.mjs`, import.meta.url).href);
    const { port, tally } = await Tally.listen();
    told = tally;
    let arrived: Tally | undefined;
    void tally.then((one) => {
      arrived = one;
    });
    server = await module.contender.startServer({ handled: (value) => onOneway(value, arrived), broker });
    return { address: server.address, tallyPort: port };
  },
  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  handled: (): number => handled,
  /** One message for each key. */
  async probe(fanOut: FanOut, subscribers: number): Promise<void> {
    for (const key of keysOf(fanOut, subscribers)) await server?.publish?.(order, key);
  },
  async fanOut({ batch, ahead, subscribers, seconds, ...fanOut }: FanOutOptions): Promise<Published> {
    const tally = await told;
    const publish = server?.publish;
    if (tally === undefined || publish === undefined) throw new Error("cannot publish");
    const keys = keysOf({ batch, ahead, ...fanOut }, subscribers);
    const before = tally.steps;
    let batches = 0;
    let messages = 0;
    const start = performance.now();
    const end = start + seconds * 1000;
    const taken: unknown[] = [];
    while (performance.now() < end) {
      for (let left = batch; left > 0; left--) taken.push(publish(order, keys[messages++ % keys.length] ?? ""));
      if (taken[0] !== undefined) await Promise.all(taken);
      taken.length = 0;
      batches++;
      // A turn of the event loop, so that what was published can leave.
      await (tally.reaches(before + batches - ahead / batch) ?? new Promise(setImmediate));
    }
    await tally.reaches(before + batches);
    return { messages, seconds: (performance.now() - start) / 1000 };
  },
};

export type ServerCommands = typeof commands;
answer(commands);
