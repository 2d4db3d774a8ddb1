import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { OutgoingCall } from "../../../core/call/outgoing.ts";
import type { ContractDescriptor } from "../../../core/contract/contract.ts";
import { contractOf } from "../../../core/contract/service.ts";
import { RpcError } from "../../../core/error.ts";
import type { ServicePort } from "../../../core/transport.ts";
import { defineService, rpc, t } from "../../../index.ts";
import { type Bench, bench, type FakeSession, settled } from "./fake-session.ts";

const contract: ContractDescriptor = contractOf(
  defineService("link.Shop", {}, { place: rpc({ params: [], returns: t.string }), more: rpc({ params: [] }) }),
);
const codec = json();
const nobody = { retry: () => false, settled: () => {} };

function ask({ wheel }: Bench, port: ServicePort, method = 0): Promise<unknown> {
  const call = new OutgoingCall(nobody, wheel, contract.operations[method] as never, []);
  call.startDeadline(0, 1000);
  port.send(call);
  return call.promise.catch((error: RpcError) => `${error.code}: ${error.message}`);
}

/** The session that the link has now. */
function last({ sessions }: Bench): FakeSession {
  return sessions.at(-1) as FakeSession;
}

async function ready(): Promise<Bench & { port: ServicePort }> {
  const made = await bench();
  last(made).ready();
  await settled();
  const port = await made.link.bind(contract, codec);
  return Object.assign(made, { port });
}

describe("reconnecting link", () => {
  it("is ready once its session is and what was bound is agreed on", async () => {
    const made = await bench();
    expect([made.link.state, made.link.instance, made.sessions.length]).to.deep.equal(["connecting", undefined, 1]);
    expect(made.attempts[0]?.credentials).to.equal("secret");
    const port = await made.link.bind(contract, codec);
    expect(await ask(made, port)).to.equal("UNAVAILABLE: fake://server is not connected: connecting");
    last(made).ready();
    expect(made.link.state).to.equal("connecting");
    await settled();
    expect([made.link.state, made.states]).to.deep.equal(["ready", ["ready"]]);
    expect(made.link.instance).to.equal("instance of session 1");
    expect(await ask(made, port)).to.equal("session 1 place");
  });

  it("begins again after a loss, later and later, and binds again before calls go there", async () => {
    const made = await ready();
    last(made).lose("the cable is cut");
    expect([made.link.state, made.link.reason?.message]).to.deep.equal(["down", "the cable is cut"]);
    expect(await ask(made, made.port)).to.equal("UNAVAILABLE: fake://server is not connected: the cable is cut");
    made.fails = new RpcError({ code: "UNAVAILABLE", message: "nobody listens" });
    for (const waitMs of [38, 75, 150]) {
      const { length } = made.attempts;
      made.platform.advance(waitMs - 2);
      await settled();
      expect(made.attempts).to.have.length(length);
      made.platform.advance(2);
      await settled();
      expect(made.attempts).to.have.length(length + 1);
      expect(made.link.reason?.message).to.equal("nobody listens");
    }
    made.fails = undefined;
    made.platform.advance(300);
    await settled();
    expect(made.sessions).to.have.length(2);
    // The reason of the last failure answers until there is a connection.
    expect(await ask(made, made.port)).to.match(/nobody listens/);
    last(made).ready();
    await settled();
    expect(last(made).log).to.deep.equal(["bind"]);
    expect([made.link.state, made.link.reason]).to.deep.equal(["ready", undefined]);
    expect(await ask(made, made.port)).to.equal("session 2 place");
  });

  it("comes soon when a call waits for it", async () => {
    const made = await ready();
    made.fails = new RpcError({ code: "UNAVAILABLE", message: "nobody listens" });
    last(made).lose("gone");
    for (let i = 0; i < 8; i++) {
      made.platform.advance(1000);
      await settled();
    }
    made.platform.advance(400);
    const { length } = made.attempts;
    made.link.wake();
    made.platform.advance(0);
    await settled();
    expect(made.attempts).to.have.length(length + 1);
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "over" }));
    expect(made.platform.timers).to.equal(0);
  });

  it("is down for want of credentials, and asks for them anew", async () => {
    let asked = 0;
    const made = await bench(async () => {
      if (++asked === 1) throw new RpcError({ code: "UNAUTHENTICATED", message: "no ticket" });
      return asked;
    });
    expect([made.link.state, made.link.reason?.message, made.attempts]).to.deep.equal(["down", "no ticket", []]);
    made.platform.advance(50);
    await settled();
    expect(made.attempts[0]?.credentials).to.equal(2);
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "over" }));
  });

  it("leaves a session that the server asked to leave with its calls in progress, and connects anew", async () => {
    const made = await ready();
    const [first] = made.sessions as [FakeSession];
    first.pendingCount = 1;
    first.goaway();
    expect([made.link.state, made.link.pending, first.closed]).to.deep.equal(["draining", 0, false]);
    expect(await ask(made, made.port)).to.match(/^UNAVAILABLE: fake:\/\/server is not connected: draining/);
    made.platform.advance(50);
    await settled();
    last(made).ready();
    await settled();
    expect([made.link.state, made.sessions.length]).to.deep.equal(["ready", 2]);
    first.lose("the last call has ended");
    expect(made.link.state).to.equal("ready");
    expect(await ask(made, made.port)).to.equal("session 2 place");
  });

  it("is down, not ready, where the session was lost while contracts were agreed on", async () => {
    const made = await bench();
    await made.link.bind(contract, codec);
    last(made).ready();
    last(made).lose("gone again");
    await settled();
    expect([made.link.state, made.states]).to.deep.equal(["down", ["down"]]);
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "over" }));
  });

  it("shares what was agreed on, until the last that bound it releases it", async () => {
    const made = await ready();
    const again = await made.link.bind(contract, codec);
    expect(again).to.equal(made.port);
    expect(await made.link.bind(contract, { ...codec })).not.to.equal(again);
    made.port.release();
    expect(await ask(made, again)).to.equal("session 1 place");
    again.release();
    expect(last(made).log).to.deep.equal(["bind", "bind", "unbind"]);
    expect(await ask(made, again)).to.equal("UNAVAILABLE: the reference was released; refer again to call link.Shop");
    expect(again.refused?.message).to.match(/the reference was released/);
    last(made).lose("gone");
    made.platform.advance(50);
    await settled();
    last(made).ready();
    await settled();
    // The one with the other codec.
    expect(last(made).log).to.deep.equal(["bind"]);
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "over" }));
  });

  it("keeps a refusal until the next connection", async () => {
    const made = await bench();
    last(made).refusal = new RpcError({ code: "FAILED_PRECONDITION", message: "they do not fit" });
    last(made).ready();
    const port = await made.link.bind(contract, codec);
    expect(port.refused?.message).to.equal("they do not fit");
    expect(await ask(made, port)).to.equal("FAILED_PRECONDITION: they do not fit");
    last(made).lose("gone");
    expect(port.refused?.message).to.equal("they do not fit");
    made.platform.advance(50);
    await settled();
    last(made).ready();
    await settled();
    expect(port.refused).to.equal(undefined);
    expect(await ask(made, port)).to.equal("session 2 place");
  });

  it("does not take a loss for a refusal", async () => {
    const made = await bench();
    last(made).ready();
    const binding = made.link.bind(contract, codec);
    last(made).lose("gone");
    expect((await binding).refused).to.equal(undefined);
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "over" }));
  });

  it("names a method that the server lacks", async () => {
    const made = await bench();
    last(made).lacks = ["more"];
    last(made).ready();
    const port = await made.link.bind(contract, codec);
    expect(await ask(made, port)).to.equal("session 1 place");
    const lacking = /^UNIMPLEMENTED: link\.Shop at fake:\/\/server has no more; deploy a server that has/;
    expect(await ask(made, port, 1)).to.match(lacking);
    const request = { method: contract.operations[1] as never, args: [], metadata: {}, deadline: undefined };
    const stream = { ...request, signal: undefined, onReplyMetadata: undefined };
    expect(() => port.open(stream)).to.throw(/has no more/);
    expect(() => port.open({ ...stream, method: contract.operations[0] as never })).not.to.throw();
  });

  it("says of what no call can carry where the server is", async () => {
    const made = await ready();
    last(made).report("it threw");
    const where = { callback: "progress", endpoint: "fake://server", instance: "instance of session 1" };
    expect(made.reported).to.deep.equal([["it threw", where]]);
  });
});

describe("closing a link", () => {
  it("waits for the calls in progress, also of sessions that it has left", async () => {
    const made = await ready();
    const [first] = made.sessions as [FakeSession];
    first.pendingCount = 1;
    first.goaway();
    made.platform.advance(50);
    await settled();
    const second = last(made).ready();
    await settled();
    second.pendingCount = 1;
    let closed = false;
    const closing = made.link.close().then(() => {
      closed = true;
    });
    expect([made.link.state, second.log]).to.deep.equal(["closed", ["bind", "drain"]]);
    second.lose("done");
    await settled();
    expect(closed).to.equal(false);
    first.lose("done, too");
    await closing;
    expect(made.platform.timers).to.equal(0);
  });

  it("ends at once where nothing is in progress, and once", async () => {
    const made = await ready();
    await made.link.close();
    await made.link.close();
    expect(last(made).log).to.deep.equal(["bind", "drain"]);
    expect(made.states).to.deep.equal(["ready", "closed"]);
    const down = await bench();
    last(down).lose("gone");
    await down.link.close();
    down.platform.advance(60_000);
    expect([down.attempts.length, down.platform.timers]).to.deep.equal([1, 0]);
  });

  it("gives an attempt up, and cuts a session that comes of it all the same", async () => {
    let give = (_: unknown): void => {};
    const made = await bench(
      () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    );
    await made.link.close();
    give("secret");
    await settled();
    expect(made.attempts).to.deep.equal([]);
    const late = await bench();
    const [attempt] = late.attempts;
    last(late).lose("gone");
    await late.link.close();
    expect(attempt?.signal.aborted).to.equal(true);
    const { FakeSession: Session } = await import("./fake-session.ts");
    const session = new Session("late", attempt as never);
    expect(session.log).to.deep.equal(["cut: the connection to fake://server was closed by this side"]);
  });

  it("by destroy cuts every session", async () => {
    const made = await ready();
    const [first] = made.sessions as [FakeSession];
    first.pendingCount = 1;
    first.goaway();
    made.platform.advance(50);
    await settled();
    last(made).ready();
    await settled();
    made.link.destroy(new RpcError({ code: "CANCELLED", message: "enough" }));
    expect([first.log.at(-1), last(made).log.at(-1)]).to.deep.equal(["cut: enough", "cut: enough"]);
    expect([made.link.state, made.platform.timers]).to.deep.equal(["closed", 0]);
  });
});
