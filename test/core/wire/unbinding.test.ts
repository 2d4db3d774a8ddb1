import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import type { ClientOperation } from "../../../core/wire/client-calls.ts";
import { settle } from "./capture-pipe.ts";
import { bindFrame, type ClientSide, clientSide, names, op, readyServer, type ServerSide, Small } from "./fixture.ts";
import { callFrame, frameOf, u16, u32, welcome } from "./frames.ts";
import { send } from "./outgoing.ts";

const unbind = (binding: number): Buffer => frameOf("UNBIND", 0, u16(binding));

/** Carries what both sides have written until neither writes more; the frames of the client. */
async function exchange(client: ClientSide, server: ServerSide): Promise<string[]> {
  const seen: string[] = [];
  for (;;) {
    await settle();
    const up = client.pipe.frames();
    const down = server.pipe.frames();
    if (up.length + down.length === 0) return seen;
    for (const { type, flags, body } of up) {
      seen.push(`${type} ${body.readUInt16BE(0)}${type === "BIND" ? ` at ${body.readUInt16BE(2)}` : ""}`);
      server.session.onBytes(frameOf(type as "BIND", flags, body));
    }
    for (const { type, flags, body } of down) client.session.onBytes(frameOf(type as "BOUND", flags, body));
  }
}

async function pair(maxBindings = 256): Promise<{ client: ClientSide; server: ServerSide }> {
  const server = await readyServer({ limits: { maxBindings } }, false);
  const client = clientSide();
  await client.receive(welcome());
  client.pipe.frames();
  return { client, server };
}

describe("wire: UNBIND", () => {
  it("frees a server's numbers and its count, whatever the answer was", async () => {
    const side = await readyServer({ limits: { maxBindings: 1 } });
    for (let i = 0; i < 5; i++) {
      await side.receive(bindFrame({}, 1, names.length));
      expect(String(side.pipe.frames()[0]?.body)).to.contain("maxBindings (1) contracts are bound");
      await side.receive(unbind(1), unbind(1), unbind(7));
    }
    await side.receive(unbind(0), bindFrame({ service: "no.Such" }, 3, 0), unbind(3), bindFrame({}, 4, 0));
    await side.receive(callFrame(op.inc, 0, { n: 1 }));
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["BOUND", "BOUND", "REPLY"]);
  });

  it("leaves no numbers behind that may be called, and none over which the next BIND must not leave a gap", async () => {
    const side = await readyServer();
    await side.receive(bindFrame({}, 1, names.length), unbind(1), unbind(0));
    await side.receive(bindFrame({}, 2, 1));
    expect(side.session.closed).to.equal(true);
    const other = await readyServer();
    await other.receive(unbind(0), callFrame(op.inc, 0, { n: 1 }));
    expect(other.session.closed).to.equal(true);
  });

  it("does not end what was called before", async () => {
    let finish = (): void => {};
    const side = await readyServer({
      handlers: {
        wait: () =>
          new Promise<void>((resolve) => {
            finish = resolve;
          }),
      },
    });
    await side.receive(callFrame(op.wait, 0, { key: "a" }), callFrame(op.sum, 1, {}), unbind(0));
    await side.receive(bindFrame({ operations: ["text"] }, 0, 0), callFrame(0, 2, { length: 1 }));
    await side.receive(frameOf("DATA", 0, u32(1), '{"result":5}'), frameOf("END", 0, u32(1)));
    finish();
    await settle();
    const frames = side.pipe.frames().map(({ type, body }) => `${type} ${String(body.subarray(4))}`);
    expect(frames.slice(1)).to.include.members(['REPLY {"result":"x"}', 'REPLY {"result":5}', "REPLY {}"]);
  });

  it("lets a client use its numbers again: 70,000 operations' worth on one connection", async function () {
    this.timeout(60_000);
    const { client, server } = await pair(2);
    const owners = [{}, {}];
    const kept = client.session.bind(Small, json(), owners[0] as object);
    await exchange(client, server);
    await kept;
    for (let i = 0; i < 70_000 / names.length; i++) {
      const owner = {};
      const binding = client.session.bind(Small, json(), owner);
      const frames = await exchange(client, server);
      if (i % 1000 === 0) expect(frames.at(-1)).to.equal("BIND 1 at 7");
      await binding;
      client.session.unbind(owner);
    }
    expect(await exchange(client, server)).to.deep.equal(["UNBIND 1"]);
    client.session.unbind(owners[0] as object);
    const last = client.session.bind(Small, json(), owners[1] as object);
    await exchange(client, server);
    const operations = (await last) as readonly ClientOperation[];
    expect(operations[0]?.number).to.equal(0);
    const call = send(Object.assign(client, { operations }), "inc", [1]);
    await exchange(client, server);
    expect(await call.promise).to.equal(2);
  });

  it("waits for the answer to its BIND, also for one that asks for the contract", async () => {
    for (const answer of [
      { fingerprint: Small.fingerprint },
      { send: "contract" },
      { error: { code: "UNIMPLEMENTED" } },
    ]) {
      const { client } = await pair();
      const owner = {};
      const outcome = client.session.bind(Small, json(), owner).catch((error: unknown) => error);
      client.session.unbind(owner);
      await settle();
      expect(client.pipe.frames().map(({ type }) => type)).to.deep.equal(["BIND"]);
      // Its numbers are in use until then.
      client.session.bind(Small, json(), {}).catch(() => {});
      await settle();
      expect(client.pipe.frames().map(({ body }) => body.readUInt32BE(0))).to.deep.equal([0x10007]);
      await client.receive(frameOf("BOUND", 0, u16(0), answer));
      expect(client.pipe.frames().map(({ type, body }) => `${type} ${body.readUInt16BE(0)}`)).to.deep.equal([
        "UNBIND 0",
      ]);
      expect(String(await outcome)).to.contain("the reference was released");
      client.pipe.close();
    }
  });

  it("says so where a connection has no numbers left", async () => {
    const { client, server } = await pair(100_000);
    const owners = Array.from({ length: Math.floor(65_536 / names.length) }, () => ({}));
    for (const owner of owners) client.session.bind(Small, json(), owner).catch(() => {});
    await exchange(client, server);
    const more = (): Promise<unknown> => client.session.bind(Small, json(), {}).catch((error: unknown) => error);
    expect(String(await more())).to.contain("a.S: this connection has no numbers left for 7 operations");
    client.session.unbind(owners[500] as object);
    const next = more();
    expect(await exchange(client, server)).to.deep.equal(["UNBIND 500", "BIND 500 at 3500"]);
    expect(await next).to.have.length(7);
  });
});
