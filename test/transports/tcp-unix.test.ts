import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { connect, defineService, implement, oneway, rpc, serve, t } from "../../index.ts";

const Echo = defineService(
  "test.Echo",
  {},
  {
    echo: rpc({ params: [t.string], returns: t.string }),
    note: oneway({ params: [t.string] }),
  },
);
const echo = implement(Echo, { echo: (text) => text, note: () => {} });

describe("a unix socket", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunkline-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("left behind by a process that was killed is taken over", async () => {
    const path = join(folder, "echo.sock");
    const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", script]);

    await using server = await serve({ services: [echo], listen: [`unix://${path}`] });
    await using client = await connect({ endpoints: server.endpoints });

    expect(await (await client.refer(Echo)).echo("here")).to.equal("here");
  });

  it("at which a server answers is not", async () => {
    const listen = [`unix://${join(folder, "echo.sock")}`];
    await using _server = await serve({ services: [echo], listen });

    const error = await serve({ services: [echo], listen }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    expect(error).to.have.property("code", "ALREADY_EXISTS");
  });
});

describe("references over one connection", () => {
  it("share what was agreed on, however many there are", async () => {
    await using server = await serve({ services: [echo], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints });

    // More than maxBindings.
    for (let i = 0; i < 300; i++) await client.refer(Echo);

    expect(await (await client.refer(Echo)).echo("still here")).to.equal("still here");
  });
});
