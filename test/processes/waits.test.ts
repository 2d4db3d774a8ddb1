import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import { connect, defineService, implement, rpc, serve, t } from "../../index.ts";
import { freePort } from "../tools/free-port.ts";

const Echo = defineService("proc.Echo", {}, { echo: rpc({ params: [t.string], returns: t.string }) });
const script = fileURLToPath(new URL("waiter.ts", import.meta.url));
const run = promisify(execFile);

/** What a process says whose only work is a call that waits for a connection. */
async function waiter(endpoint: string, timeoutMs: number): Promise<string> {
  const { stdout } = await run(process.execPath, ["--import", "tsx", script, endpoint, String(timeoutMs)]);
  return stdout;
}

describe("processes: a call that waits for a connection", function () {
  this.timeout(60_000);

  it("keeps its process alive, until it is done or its time is over, and no longer", async () => {
    const endpoint = `tcp://127.0.0.1:${await freePort()}`;
    expect(await waiter(endpoint, 200)).to.match(/^DEADLINE_EXCEEDED echo: never sent, .*cannot connect to tcp:/);
    const said = waiter(endpoint, 30_000);
    const echo = async (text: string): Promise<string> => text;
    await using server = await serve({ services: [implement(Echo, { echo })], listen: [endpoint] });
    expect(await said).to.equal("hello\n");
    await using client = await connect({ endpoints: server.endpoints });
    expect(await (await client.refer(Echo)).echo("x")).to.equal("x");
  });
});
