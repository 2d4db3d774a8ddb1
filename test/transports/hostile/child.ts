import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Agent, request } from "undici";
import type { HttpLimits } from "../../../transports/http/index.ts";
import type { Figures } from "./contract.ts";

const script = fileURLToPath(new URL("target.ts", import.meta.url));
const running = new Set<ChildProcess>();

/** A server in a process of its own, whose memory can be seen, and whose end is its own. */
export class HostileTarget {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ pipelining: 0, connections: 4 });

  static async start(limits: Partial<HttpLimits> = {}): Promise<HostileTarget> {
    const child = fork(script, [JSON.stringify({ limits })], {
      execArgv: ["--import", "tsx", "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    running.add(child);
    const exited = once(child, "exit").finally(() => running.delete(child));
    const [first] = await Promise.race([once(child, "message"), exited]);
    const { endpoint } = (first ?? {}) as { endpoint?: string };
    if (endpoint === undefined) throw new Error("the target did not start");
    return new HostileTarget(child, Number(endpoint.split(":").at(-1)));
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** A call of somebody who behaves; throws where it is not answered as it should be. */
  async serves(): Promise<void> {
    const text = `still there ${Math.random()}`;
    const { statusCode, body } = await request(`http://127.0.0.1:${this.port}/hostile.Target/echo`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text }),
      dispatcher: this.#agent,
      signal: AbortSignal.timeout(10_000),
    });
    const { result } = (await body.json()) as { result?: string };
    if (statusCode !== 200 || result !== text) throw new Error(`answered by ${statusCode}: ${result}`);
  }

  async measure(): Promise<Figures> {
    const answered = once(this.#child, "message");
    this.#child.send("measure");
    const [{ figures }] = (await answered) as [{ figures: Figures }];
    return figures;
  }

  /** Closes it in good order; throws where it has crashed. */
  async close(): Promise<void> {
    await this.#agent.destroy();
    if (this.#child.exitCode !== null) throw new Error(`the target has ended by itself: ${this.#child.exitCode}`);
    const exited = once(this.#child, "exit");
    this.#child.send("close");
    const [code] = await exited;
    if (code !== 0) throw new Error(`the target ended by ${code}`);
  }
}

/** For `afterEach`: no target outlives its test, whatever became of it. */
export async function killTargets(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }),
  );
}
