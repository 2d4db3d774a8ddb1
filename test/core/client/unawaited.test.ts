import { expect } from "chai";
import { arg } from "../../../core/schema/param.ts";
import { connect, defineService, implement, oneway, serve, t } from "../../../index.ts";

const Log = defineService("test.Log", {}, { note: oneway({ params: [arg("line", t.string)] }) });

describe("a oneway that nobody waits for", () => {
  it("throws what does not fit at its caller, and tells nobody else", async () => {
    const told: unknown[] = [];
    await using server = await serve({ services: [implement(Log, { note: () => {} })], listen: ["tcp://127.0.0.1:0"] });
    await using client = await connect({ endpoints: server.endpoints, onError: (error) => told.push(error) });
    const log = await client.refer(Log);
    expect(() => log.note(7 as never)).to.throw("test.Log.note: line: expected string");
    await log.note.sent("after");
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).to.deep.equal([]);
  });

  it("tells onError once, with its place, where its connection breaks before it has left", async () => {
    const told: { readonly error: unknown; readonly where: object }[] = [];
    await using server = await serve({ services: [implement(Log, { note: () => {} })], listen: ["tcp://127.0.0.1:0"] });
    let heard = (): void => {};
    const failed = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const client = await connect({
      endpoints: server.endpoints,
      onError: (error, where) => {
        told.push({ error, where });
        heard();
      },
    });
    const log = await client.refer(Log);
    log.note("never leaves");
    client.destroy();
    await failed;
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).to.have.length(1);
    expect(String(told[0]?.error)).to.contain("note: the connection was lost before all of the call had left");
    expect(told[0]?.where).to.include({ service: "test.Log", method: "note", endpoint: String(server.endpoints[0]) });
  });
});
