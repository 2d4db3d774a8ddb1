import type { Commands, Reply } from "./worker.ts";

/** The worker's end of `Worker.ask`. The process leaves when its parent does, however that ended. */
export function answer(commands: Commands): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", async ({ id, command, args }: { id: number; command: string; args: unknown[] }) => {
    let reply: Reply;
    try {
      const run = commands[command];
      if (run === undefined) throw new Error("unknown command");
      reply = { id, value: await run(...args) };
    } catch (error) {
      reply = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    // Between the last look and this line the parent may have gone.
    if (process.connected) process.send?.(reply);
  });
}
