import { deepStrictEqual } from "node:assert";
import { Session } from "node:inspector";
import { answer } from "../answer.ts";
import { order } from "../rpc/order.ts";
import type { Client } from "./contender.ts";

export interface Times {
  /** Milliseconds of each step. */
  readonly loadMs: number;
  readonly connectMs: number;
  readonly callMs: number;
  /** User + system of this process, in milliseconds, for all three. */
  readonly cpuMs: number;
  /** Of the whole process, when it has its answer, and what of it had been there before. */
  readonly rssBytes: number;
  readonly rssBeforeBytes: number;
}

export interface Sources {
  readonly files: number;
  readonly characters: number;
}

interface Program {
  readonly name: string;
  readonly address: string;
  readonly dist: string;
}

const importClient = async (name: string): Promise<Client> =>
  (await import(new URL(`./clients/${name}.mjs`, import.meta.url).href)).client;

const commands = {
  async time({ name, address, dist }: Program): Promise<Times> {
    const client = await importClient(name);
    const rssBeforeBytes = process.memoryUsage.rss();
    const cpu = process.cpuUsage();
    const start = performance.now();
    const loaded = await client.load(dist);
    const loadedAt = performance.now();
    const connected = await loaded.connect(address);
    const connectedAt = performance.now();
    const reply = await connected.call(order);
    const end = performance.now();
    const { user, system } = process.cpuUsage(cpu);
    const rssBytes = process.memoryUsage.rss();
    deepStrictEqual(structuredClone(reply), structuredClone(order), "the echo");
    return {
      loadMs: loadedAt - start,
      connectMs: connectedAt - loadedAt,
      callMs: end - connectedAt,
      cpuMs: (user + system) / 1000,
      rssBytes,
      rssBeforeBytes,
    };
  },
  /** Asked of a process of its own: a debugger that listens makes loading slower. */
  async sources({ name, address, dist }: Program): Promise<Sources> {
    const client = await importClient(name);
    const files = new Map<string, number>();
    const session = new Session();
    session.connect();
    session.on("Debugger.scriptParsed", ({ params: { url, length = 0 } }) => {
      if (url.startsWith("file:") || url.startsWith("/")) files.set(url, length);
    });
    session.post("Debugger.enable");
    // What is here already, of this program, is told at once.
    files.clear();
    const connected = await (await client.load(dist)).connect(address);
    await connected.call(order);
    session.disconnect();
    return { files: files.size, characters: [...files.values()].reduce((sum, length) => sum + length, 0) };
  },
};

export type ProgramCommands = typeof commands;
answer(commands);
