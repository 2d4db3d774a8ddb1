import { answer } from "../answer.ts";
import type { Contender, RunningServer } from "./contender.ts";
import { settledMemory } from "./memory.ts";

let server: RunningServer | undefined;

const commands = {
  async start(name: string): Promise<string> {
    const module: { contender: Contender } = await import(new URL(`./contenders/${name}.mjs`, import.meta.url).href);
    server = await module.contender.startServer();
    return server.address;
  },
  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  memory: settledMemory,
  held: (): number => server?.held?.() ?? 0,
  release: (): void => server?.release?.(),
};

export type ServerCommands = typeof commands;
answer(commands);
