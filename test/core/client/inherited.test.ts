import { expect } from "chai";
import type { CallContext, IncomingCall, ServedOperation, ServerHost, Transport } from "../../../core/index.ts";
import { connect, currentCall, defineService, implement, RpcError, rpc, serve, t } from "../../../index.ts";

const Outer = defineService("inherit.Outer", {}, { go: rpc({ params: [], returns: t.map(t.string) }) });
const Inner = defineService("inherit.Inner", {}, { told: rpc({ params: [], returns: t.map(t.string) }) });

/** A transport of somebody else's that only listens: what it would read from a wire, the test hands to `host`. */
function listening(): { readonly transport: Transport; readonly host: () => ServerHost } {
  let given: ServerHost | undefined;
  const transport: Transport = {
    scheme: "mine",
    connect: () => {
      throw new Error("nobody connects");
    },
    listen: async (url, host) => {
      given = host;
      return { url, close: async () => {}, destroy: () => {} };
    },
  };
  return { transport, host: () => given as ServerHost };
}

/** A call as the port describes it, and nothing more: no class of the framework's. */
function incoming(over: Partial<IncomingCall>): IncomingCall {
  const context: CallContext = {
    service: "inherit.Outer",
    method: "go",
    instance: "i1",
    peer: { address: "mine://a", identity: undefined },
    metadata: Object.freeze({ "x-tenant": "acme", secret: "stays" }),
    deadline: undefined,
    timeLeft: () => Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    setReplyMetadata: () => {},
    setTrailers: () => {},
  };
  return { ...context, replyMetadata: undefined, answered: false, ...over } as IncomingCall;
}

describe("what a handler's own calls inherit", () => {
  /** What the call of a handler brought along, where the handler itself was called by `call`. */
  async function inherited(call: IncomingCall): Promise<Record<string, string>> {
    const inner = implement(Inner, {
      told: async (ctx) => ({
        ...ctx.metadata,
        // Without a deadline inherited it has that of the client, half a minute.
        late: String(ctx.timeLeft() > 10_000),
      }),
    });
    await using innerServer = await serve({ services: [inner], listen: [`memory://inherited-${Math.random()}`] });
    await using client = await connect({ endpoints: innerServer.endpoints, codec: "json" });
    const proxy = await client.refer(Inner);
    const { transport, host } = listening();
    const outer = implement(Outer, {
      go: async () => {
        expect(currentCall()).to.equal(call);
        return proxy.told();
      },
    });
    await using _server = await serve({ services: [outer], listen: ["mine://here"], transports: [transport] });
    const service = host().find("inherit.Outer");
    if (RpcError.is(service)) throw service;
    return (await (service.operations[0] as ServedOperation).invoke(call, [])) as Record<string, string>;
  }

  it("comes from any object that is an IncomingCall: what travels of its metadata, and its deadline", async () => {
    const told = await inherited(incoming({ timeLeft: () => 5000 }));
    expect(told).to.deep.equal({ "x-tenant": "acme", late: "false" });
  });

  it("is no deadline where there is none, and where the call was answered", async () => {
    expect(await inherited(incoming({}))).to.have.property("late", "true");
    expect(await inherited(incoming({ answered: true, timeLeft: () => 5000 }))).to.have.property("late", "true");
  });
});
