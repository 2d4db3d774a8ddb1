import { deepStrictEqual } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { answer } from "../answer.ts";
import { load } from "../rpc/load.ts";
import { type Order, order } from "../rpc/order.ts";
import type { Connection, Contender } from "./contender.ts";
import { oneways } from "./oneways.ts";
import { type FanOut, keysOf, type PatternName } from "./pattern.ts";
import { Tally } from "./tally.ts";
import type { Addresses } from "./worker-server.ts";

/** Calls under way in the question of unary calls. */
const concurrency = 128;
/** Items of one stream; streams follow one another until the time is over. */
const streamItems = 20_000;
const bidirectionalWindow = 64;
/** Connects and subscribes under way at once: below any backlog. */
const openingAtOnce = 100;

export interface Done {
  readonly count: number;
  readonly seconds: number;
  /** Oneways: how many a second the caller could hand over, counting its own time alone. */
  readonly ownPerSecond?: number;
}

let contender: Contender | undefined;
let address = "";
let tally: Tally | undefined;
const connections: Connection[] = [];

let delivered = 0;
/** Deliveries of one batch of messages; told only from when all is subscribed. */
let perBatch = 0;
let perStep = Number.POSITIVE_INFINITY;

let looked = false;
/** All of the first value, and of the others what a lost or garbled one would not have. */
function check(value: Order): void {
  if (!looked) {
    // Cloned because classes may differ (protobuf's messages), values may not.
    deepStrictEqual(structuredClone(value), structuredClone(order), "what arrived");
    looked = true;
  }
  if (value.id !== order.id || value.items.length !== order.items.length) throw new Error("a value was garbled");
}

function deliver(value: Order): void {
  check(value);
  if (++delivered % perStep === 0) tally?.step();
}

function first(): Connection {
  const [connection] = connections;
  if (connection === undefined) throw new Error("not open");
  return connection;
}

async function timed(seconds: number, run: () => Promise<number>): Promise<Done> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  while (performance.now() < end) count += await run();
  return { count, seconds: (performance.now() - start) / 1000 };
}

async function stream(seconds: number, run: ((count: number) => Promise<number>) | undefined): Promise<Done> {
  return timed(seconds, async () => {
    const came = await run?.(streamItems);
    if (came !== streamItems) throw new Error(`${came} of ${streamItems} items came`);
    return streamItems;
  });
}

async function oneway(seconds: number): Promise<Done> {
  const connection = first();
  if (tally === undefined) throw new Error("not open");
  const before = tally.steps;
  const start = performance.now();
  const end = start + seconds * 1000;
  let count = 0;
  let ownMs = 0;
  // Whole steps, so that the last one is told.
  while (performance.now() < end || count % oneways.perStep !== 0) {
    const from = performance.now();
    for (let left = oneways.burst; left > 0; left--) connection.send?.(order);
    ownMs += performance.now() - from;
    count += oneways.burst;
    await new Promise(setImmediate);
    await tally.reaches(before + (count - oneways.ahead) / oneways.perStep);
  }
  await tally.reaches(before + count / oneways.perStep);
  return { count, seconds: (performance.now() - start) / 1000, ownPerSecond: (1000 * count) / ownMs };
}

const commands = {
  async open(name: string, at: Addresses): Promise<void> {
    const module: { contender: Contender } = await import(new URL(`./contenders/${name}.mjs`, import.meta.url).href);
    contender = module.contender;
    ({ address } = at);
    tally = await Tally.connect(at.tallyPort);
    connections.push(await contender.connect(address));
  },
  async run(pattern: PatternName, seconds: number): Promise<Done> {
    const connection = first();
    switch (pattern) {
      case "unary": {
        const { call } = connection;
        if (call === undefined) throw new Error("has no call");
        check(await call(order));
        const { calls, seconds: taken } = await load({ call }, order, { concurrency, seconds, clockEvery: 1 });
        return { count: calls, seconds: taken };
      }
      case "oneway":
        return oneway(seconds);
      case "server-stream":
        return stream(seconds, (count) => connection.serverStream?.(count, check) ?? Promise.resolve(0));
      case "client-stream":
        return stream(seconds, connection.clientStream);
      case "bidirectional":
        return stream(
          seconds,
          (count) => connection.bidirectional?.(count, bidirectionalWindow, check) ?? Promise.resolve(0),
        );
      default:
        throw new Error(`${pattern} is the server's to run`);
    }
  },
  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  async subscribe(fanOut: FanOut, subscribers: number): Promise<void> {
    const keys = keysOf(fanOut, subscribers);
    const all = Array.from({ length: subscribers }, (_, index) => index);
    while (all.length > 0) {
      await Promise.all(
        all.splice(0, openingAtOnce).map(async (index) => {
          const own = fanOut.ownConnections && index > 0 ? await contender?.connect(address) : first();
          if (own !== first() && own !== undefined) connections.push(own);
          await own?.subscribe?.(keys[index % keys.length] ?? "", deliver);
        }),
      );
    }
    perBatch = fanOut.batch * (fanOut.matching ?? subscribers);
  },
  /** What has been delivered since it was asked last, once it is so many or nothing more comes. */
  async delivered(expected: number): Promise<number> {
    const quietRounds = 10;
    for (let quiet = 0, last = delivered; delivered < expected && quiet < quietRounds; quiet++) {
      await sleep(50);
      if (delivered > last) quiet = 0;
      last = delivered;
    }
    const found = delivered;
    delivered = 0;
    if (found === expected) perStep = perBatch;
    return found;
  },
};

export type ClientCommands = typeof commands;
answer(commands);
