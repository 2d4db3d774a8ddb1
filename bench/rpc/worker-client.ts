import { deepStrictEqual } from "node:assert";
import { answer } from "../answer.ts";
import type { Connection, Contender } from "./contender.ts";
import { type Load, type LoadOptions, load } from "./load.ts";
import { settledMemory } from "./memory.ts";

/** Connects under way at once: below any backlog. */
const connectsAtOnce = 100;

/** A default limit of calls under way on one connection must not stand in the way. */
const pendingConnections = 4;

let contender: Contender | undefined;
let address = "";
const connections: Connection[] = [];
let pending: Promise<unknown>[] = [];

function first(): { connection: Connection; payload: unknown } {
  const connection = connections[0];
  if (contender === undefined || connection === undefined) throw new Error("not open");
  return { connection, payload: contender.payload };
}

const commands = {
  /** Without an address the server is started here, in the same process. */
  async open(name: string, at?: string): Promise<void> {
    const module: { contender: Contender } = await import(new URL(`./contenders/${name}.mjs`, import.meta.url).href);
    contender = module.contender;
    address = at ?? (await contender.startServer()).address;
    connections.push(await contender.connect(address));
    const { connection, payload } = first();
    // Cloned because classes may differ (Buffer, protobuf's messages), values may not.
    deepStrictEqual(structuredClone(await connection.call(payload)), structuredClone(payload), "the echo");
  },
  load(options: LoadOptions): Promise<Load> {
    const { connection, payload } = first();
    return load(connection, payload, options);
  },
  memory: settledMemory,
  async connectMore(count: number): Promise<void> {
    for (let done = 0; done < count; done += connectsAtOnce) {
      const next = Array.from({ length: Math.min(connectsAtOnce, count - done) }, () => contender?.connect(address));
      for (const connection of await Promise.all(next)) if (connection !== undefined) connections.push(connection);
    }
  },
  /** Holding a call's promise is the caller's cost: the array is made before the first memory is taken. */
  async preparePending(count: number): Promise<void> {
    pending = new Array(count).fill(undefined);
    await commands.connectMore(pendingConnections - connections.length);
  },
  async makePending(): Promise<void> {
    const { payload } = first();
    for (let index = 0; index < pending.length; index++) {
      const reply = connections[index % connections.length]?.hold?.(payload);
      if (reply === undefined) throw new Error("has no hold");
      // A failure must come out of settlePending, not as an unhandled rejection.
      reply.catch(() => {});
      pending[index] = reply;
      // A burst without a pause would measure the output queue.
      if (index % 100 === 99) await new Promise(setImmediate);
    }
  },
  async settlePending(): Promise<void> {
    await Promise.all(pending);
    pending = [];
  },
};

export type ClientCommands = typeof commands;
answer(commands);
