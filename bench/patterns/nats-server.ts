import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const startWithinMs = 5_000;

/** NATS' own server, as a process that does not outlive this one. */
export class NatsServer {
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #kill = () => void this.#child.kill("SIGKILL");

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
    process.on("exit", this.#kill);
  }

  /** Rejects if it is not installed. `cpu` is the only one it may run on. */
  static async start(cpu: number | undefined): Promise<NatsServer> {
    const command = ["nats-server", "-a", "127.0.0.1", "-p", "-1"];
    if (cpu !== undefined) command.unshift("taskset", "-c", String(cpu));
    const [program = "", ...args] = command;
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const kill = () => void child.kill("SIGKILL");
    process.on("exit", kill);
    const timer = setTimeout(kill, startWithinMs);
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let log = "";
        child.stderr?.on("data", (text) => {
          log += text;
          const address = /Listening for client connections on (\S+)/.exec(log)?.[1];
          if (address !== undefined) resolve(address);
        });
        child.on("error", reject);
        child.on("exit", () => reject(new Error(`did not start: ${log.trim()}`)));
      });
      return new NatsServer(child, address);
    } catch (error) {
      const why = (error as Error).message;
      throw new Error(`no nats-server (apt-get install nats-server): ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
      process.off("exit", kill);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#kill);
    const gone = once(this.#child, "exit");
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    await gone;
  }
}
