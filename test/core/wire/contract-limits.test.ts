import { expect } from "chai";
import { avro } from "../../../codecs/avro/index.ts";
import { hessian2 } from "../../../codecs/hessian2/index.ts";
import { json } from "../../../codecs/json/index.ts";
import { msgpack } from "../../../codecs/msgpack/index.ts";
import { protobuf } from "../../../codecs/protobuf/index.ts";
import { Output } from "../../../core/bytes/output.ts";
import type { ContractLimits } from "../../../core/contract/limits.ts";
import { wireText } from "../../../core/contract/print-contract.ts";
import { readDescribed } from "../../../core/contract/read-contract.ts";
import { serveService } from "../../../core/server/serving.ts";
import { TopicHub } from "../../../core/topic/hub.ts";
import { resolveTopicLimits } from "../../../core/topic/limits.ts";
import { TopicBudget } from "../../../core/topic/post.ts";
import type { ServedService } from "../../../core/transport.ts";
import type { StructType } from "../../../core/type/type.ts";
import { resolveWireLimits } from "../../../core/wire/limits.ts";
import { arg, defineService, implement, type RpcError, rpc, t } from "../../../index.ts";
import { settle } from "./capture-pipe.ts";
import { bindFrame, clientSide, names, op, readyServer, Small } from "./fixture.ts";
import { callFrame, frameOf, u16, u32, welcome } from "./frames.ts";
import { ManualPlatform } from "./manual-platform.ts";

const printed = JSON.parse(wireText(Small));
const codecs = [json(), msgpack(), avro(), protobuf(), hessian2()];

function field(name: string, type: string, number: number): object {
  return { name, number, type, optional: true };
}

function structOf(count: number, type = "int32"): object {
  return { kind: "struct", fields: Array.from({ length: count }, (_, i) => field(`f${i}`, type, i + 1)) };
}

/** The contract of `Small` in which `inc` has more parameters, and with more types. */
function grown(params: readonly object[], types: Record<string, object>): object {
  const [inc, ...others] = printed.members;
  const wider = { ...inc, params: [...inc.params, ...params] };
  return { ...printed, members: [wider, ...others], types: { ...printed.types, ...types } };
}

/** `count` structs, each in the one before it. */
function chain(count: number): object {
  const types = Array.from({ length: count }, (_, i) => [`c.T${i}`, structOf(i === count - 1 ? 0 : 1, `c.T${i + 1}`)]);
  return grown([field("chain", "c.T0", 99)], Object.fromEntries(types));
}

/** A service whose one method takes a ring of `count` structs. */
function ring(count: number): { readonly contract: object; readonly served: ServedService } {
  const all: StructType[] = [];
  for (let i = 0; i < count; i++) {
    const struct = t.struct(`a.R${i}`, {
      get next() {
        return t.optional(all[(i + 1) % count] as StructType);
      },
    });
    all.push(struct as StructType);
  }
  const contract = defineService("a.S", {}, { go: rpc({ params: [arg("a", all[0] as StructType)] }) });
  return { contract: JSON.parse(wireText(contract)), served: serve(contract, { go: async () => {} }) };
}

function serve(contract: Parameters<typeof implement>[0], handlers: object): ServedService {
  return serveService(implement(contract, handlers as never), "services[0]", {
    platform: new ManualPlatform(),
    instance: "i1",
    topicBackend: (site) => new TopicHub({ ...site, budget: new TopicBudget(resolveTopicLimits()) }),
    interceptors: [],
    inherit: false,
    partial: false,
    onError: () => {},
  });
}

const unlimited = { maxMessageBytes: 16 * 1024 * 1024, maxContractBytes: 16 * 1024 * 1024 };

describe("wire: limits on a peer's contract", () => {
  const tooLarge: readonly (readonly [keyof ContractLimits, string, object, string])[] = [
    ["maxContractBytes", "a name of a megabyte", { ...printed, x: "x".repeat(1_100_000) }, "bytes, over"],
    ["maxContractTypes", "too many types", grown([], types(1001)), "types, over"],
    [
      "maxContractTypes",
      "too many members",
      { ...printed, members: Array.from({ length: 1001 }, () => printed.members[0]) },
      "1001 members, over",
    ],
    ["maxContractFields", "a wide struct", grown([], { "c.U": structOf(10_001) }), "up to c.U, over"],
    [
      "maxContractFields",
      "members of an enum",
      grown([], { "c.E": { kind: "enum", members: Array(10_001).fill("a") } }),
      "up to c.E, over",
    ],
    [
      "maxContractFields",
      "lists in lists",
      grown([], { "c.U": structOf(200, `${"list<".repeat(60)}int32${">".repeat(60)}`) }),
      "up to c.U.f",
    ],
    ["maxContractFields", "junk", { ...printed, junk: Array(100_000).fill([]) }, "lists and objects"],
    ["maxContractDepth", "a chain of types", chain(900), "type c.T63 stands 65 types deep, over"],
    [
      "maxContractDepth",
      "lists in a list",
      grown([field("l", `${"list<".repeat(65)}int32${">".repeat(65)}`, 99)], {}),
      `a type in inc.l has 65 lists and maps around it, over`,
    ],
  ];
  for (const [limit, what, contract, message] of tooLarge) {
    it(`${limit}: a server refuses ${what}, says why to both sides, and lives on`, async () => {
      const side = await readyServer();
      await side.receive(bindFrame({ fingerprint: "other", contract }, 1, names.length));
      const { error } = JSON.parse(String(side.pipe.frames()[0]?.body.subarray(2)));
      expect(error.code).to.equal("RESOURCE_EXHAUSTED");
      expect(error.message).to.contain(message).and.contain(`over ${limit} (`);
      const [told] = side.errors as RpcError[];
      expect(told?.message).to.equal(`a contract from test://peer was refused: ${error.message}`);
      // The next BIND may count on the numbers of this one or not.
      await side.receive(bindFrame({}, 2, 2 * names.length), callFrame(2 * names.length, 0, { n: 1 }));
      await side.receive(callFrame(op.inc, 1, { n: 1 }));
      expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["BOUND", "REPLY", "REPLY"]);
    });

    it(`${limit}: a client refuses ${what} of a server`, async () => {
      const side = clientSide();
      await side.receive(welcome());
      const outcome = side.session.bind(Small, json()).catch((error: unknown) => error);
      await settle();
      await side.receive(frameOf("BOUND", 0, u16(0), { fingerprint: "other", contract }));
      expect(String(await outcome)).to.contain(message);
      expect(side.session.closed).to.equal(false);
    });
  }

  it("maxContractFields: rings of different lengths, whose types meet in all pairs, are not compared to the end", async () => {
    const [long, short] = [ring(997), ring(499)];
    const side = await readyServer({ served: long.served, limits: { maxContractDepth: 1000 } }, false);
    const began = process.cpuUsage();
    await side.receive(bindFrame({ fingerprint: "other", contract: short.contract, operations: ["go"] }));
    const { error } = JSON.parse(String(side.pipe.frames()[0]?.body.subarray(2)));
    expect(error.message).to.contain("8 times as many fields were compared").and.contain("maxContractFields (10000)");
    // All pairs took seconds.
    expect(process.cpuUsage(began).user / 1000).to.be.below(1000);
  });

  it("maxQueuedBytes: a client that asks for contracts and does not read gets none", async () => {
    const side = await readyServer({ limits: { maxQueuedBytes: 20_000, maxBindings: 10_000 } });
    side.pipe.held = true;
    const contract = { ...printed, members: [printed.members[0]] };
    for (let i = 1; i < 100; i++) await side.receive(bindFrame({ fingerprint: "", contract }, i, 0));
    expect(side.session.connection.outbox.bufferedBytes).to.be.below(50_000);
    expect(String(side.pipe.frames().at(-1)?.body)).to.contain("the contract is not sent: maxQueuedBytes (20000)");
  });

  it("do not bound what a side says of its own contract, nor peers that have the same", async () => {
    const { served } = ring(1200);
    const side = await readyServer({ served }, false);
    await side.receive(bindFrame({ fingerprint: served.contract.fingerprint, operations: ["go"] }));
    expect(JSON.parse(String(side.pipe.frames()[0]?.body.subarray(2)))).to.not.have.property("error");
  });

  for (const codec of codecs) {
    it(`${codec.name}: a chain of types as long as the limits allow binds, and is compiled`, async () => {
      const limits = { ...unlimited, maxContractTypes: 20_000, maxContractFields: 20_000, maxContractDepth: 20_000 };
      const side = await readyServer({ codecs: [codec], limits }, false);
      await side.receive(bindFrame({ codec: codec.name, fingerprint: "other", contract: chain(9000) }));
      const answer = JSON.parse(String(side.pipe.frames()[0]?.body.subarray(2)));
      expect(answer.error).to.equal(undefined);
      await side.receive(callFrame(op.inc, 0, {}));
      expect(side.pipe.frames()[0]?.type).to.be.oneOf(["ERROR", "REPLY"]);
      expect(side.errors).to.deep.equal([]);
    });

    it(`${codec.name}: many lists of a wide struct that is unknown here take time in proportion`, function () {
      this.timeout(60_000);
      const mine = Small.operations[0]?.request as StructType;
      const limits = { ...unlimited, maxContractTypes: 1e6, maxContractFields: 1e6, maxContractDepth: 64 };
      const cost = (count: number): number => {
        const lists = Array.from({ length: count }, (_, i) => field(`l${i}`, "list<c.U>", i + 2));
        const contract = grown(lists, { "c.U": structOf(count) });
        const foreign = readDescribed(contract, resolveWireLimits(limits)).operations[0]?.request as StructType;
        const began = process.cpuUsage();
        const { decode } = codec.compile(foreign, mine, { foreign: true });
        try {
          decode(new Uint8Array(1), 0, 1);
        } catch {
          // What matters is what it took to see that.
        }
        return process.cpuUsage(began).user;
      };
      const best = (count: number): number => Math.min(...Array.from({ length: 4 }, () => cost(count)));
      best(500);
      // Eight times as much; 64 times as long where each list looks at the struct again.
      expect(best(8000)).to.be.below(24 * best(1000) + 20_000);
    });

    it(`${codec.name}: a contract of 600 types that all lead to one another binds, and its methods answer`, async function () {
      this.timeout(60_000);
      const [ours, theirs] = [net(600, []), net(600, [0, 100, 500])];
      const served = serve(ours, Object.fromEntries(ours.operations.map(({ name }) => [name, async (x: object) => x])));
      const side = await readyServer({ codecs: [codec], served }, false);
      const [asked] = [
        { codec: codec.name, fingerprint: "other", operations: theirs.operations.map(({ name }) => name) },
      ];
      await side.receive(bindFrame({ ...asked, contract: JSON.parse(wireText(theirs)) }));
      const [bound] = side.pipe.frames();
      const client = clientSide();
      await client.receive(welcome());
      const binding = client.session.bind(theirs, codec);
      await settle();
      await client.receive(frameOf("BOUND", 0, u16(0), String(bound?.body.subarray(2))));
      const [operation] = await binding;
      const out = new Output();
      out.begin(1000);
      operation?.codec.encodeRequest([{}], out);
      const payload = Buffer.from(out.buffer.subarray(0, out.position));
      await side.receive(frameOf("CALL", 0, u16(0), u32(0), u32(0), u32(0), payload));
      expect(side.pipe.frames()[0]?.type).to.equal("REPLY");
    });
  }
});

function types(count: number): Record<string, object> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, { kind: "enum", members: ["a"] }]));
}

/** Types like those of a large interface; those of `added` have one field more. */
function net(count: number, added: readonly number[]) {
  const all: StructType[] = [];
  for (let i = 0; i < count; i++) {
    const fields: Record<string, unknown> = added.includes(i) ? { added: t.optional(t.string) } : {};
    for (let j = 0; j < 10; j++) {
      const to = (7 * i + 31 * j) % count;
      const get = (): unknown => t.optional(j % 3 === 0 ? t.list(all[to] as StructType) : (all[to] as StructType));
      Object.defineProperty(fields, `f${j}`, { enumerable: true, get });
    }
    all.push(t.struct(`n.T${i}`, fields as never) as StructType);
  }
  const methods = Array.from({ length: 60 }, (_, i) => {
    const one = rpc({ params: [arg("a", all[i] as StructType)], returns: all[i + 60] as StructType });
    return [`go${i}`, one] as const;
  });
  return defineService("a.S", {}, Object.fromEntries(methods));
}
