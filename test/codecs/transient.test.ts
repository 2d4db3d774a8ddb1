import { expect } from "chai";
import { avro } from "../../codecs/avro/index.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { json } from "../../codecs/json/index.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import type { Codec } from "../../core/codec.ts";
import {
  arg,
  connect,
  defineService,
  type Infer,
  implement,
  rpc,
  serve,
  stream,
  type Topic,
  t,
  topic,
} from "../../index.ts";
import { memory } from "../../transports/memory/index.ts";
import { signal } from "../transports/suite/fixture.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";

const Inner = t.struct("test.Inner", { n: t.int32, seen: t.transient(t.default(t.bool, false)) });
const carried = { id: t.int32, note: t.optional(t.string) };
const Session = t.struct("test.Session", {
  id: t.int32,
  cache: t.transient(t.default(t.list(t.string), ["cold"])),
  note: t.optional(t.string),
  hits: t.transient(t.default(t.int32, 7)),
  inner: t.transient(t.default(Inner, { n: 1, seen: true })),
  socket: t.transient(t.optional(t.string)),
});
type Session = Infer<typeof Session>;
const Bare = t.struct("test.Session", carried);
/** The same, with ordinary fields where `Session` has transient ones. */
const Open = t.struct("test.Session", {
  ...carried,
  cache: t.list(t.string),
  hits: t.int32,
  inner: Inner,
  socket: t.optional(t.string),
});
const Everywhere = t.struct("test.Everywhere", {
  one: Session,
  list: t.list(Session),
  map: t.map(Session),
  union: t.union("test.Either", { session: Session, none: t.bool }),
  maybe: t.optional(Session),
  get next() {
    return t.optional(Everywhere);
  },
});
type Everywhere = Infer<typeof Everywhere>;

const used: Session = { id: 5, cache: ["secret"], hits: 99, inner: { n: 2, seen: true }, socket: "open" };
/** The defaults, down to those of the default. */
const fresh: Session = { id: 5, cache: ["cold"], hits: 7, inner: { n: 1, seen: false } };
/** Objects of their own in each place, because Hessian keeps the identity of one that stands in several. */
const nested = (session: Session): Everywhere => ({
  one: { ...session },
  list: [{ ...session }, { ...session }],
  map: { a: { ...session } },
  union: { kind: "session", value: { ...session } },
  maybe: { ...session },
});
const deep = (session: Session): Everywhere => ({ ...nested(session), next: nested(session) });

const codecs: readonly (readonly [string, Codec])[] = [
  ["json", json()],
  ["msgpack", msgpack()],
  ["msgpack, as maps", msgpack({ maps: true })],
  ["protobuf", protobuf()],
  ["avro", avro()],
  ["hessian2", hessian2()],
];

for (const [name, codec] of codecs) {
  describe(`transient fields: ${name}`, () => {
    it("are in no byte", () => {
      const bytes = encode(codec, Session, used);
      expect(bytes).to.deep.equal(encode(codec, Bare, { id: 5 }));
      const unfit = { ...used, cache: 5, socket: () => {} };
      expect(encode(codec, Session, unfit)).to.deep.equal(bytes);
    });

    it("are their defaults for a reader, or absent, wherever the struct stands", () => {
      expect(roundTrip(codec, Session, used)).to.deep.equal(fresh);
      expect(roundTrip(codec, Everywhere, deep(used))).to.deep.equal(deep(fresh));
      expect(Object.keys(roundTrip(codec, Session, used) as object)).not.to.include("socket");
    });

    for (const foreign of [false, true]) {
      it(`are read the same from ${foreign ? "a foreign" : "an own"} writer of another version`, () => {
        const Moved = t.struct("test.Session", { note: carried.note, gone: t.string, id: t.int32 });
        const read = roundTrip(codec, Moved, { gone: "x", id: 5, note: "n" }, Session, { foreign });
        expect(read).to.deep.equal({ ...fresh, note: "n" });
        const compiled = roundTrip(codec, Session, { ...used, note: "n" });
        expect(Object.keys(read as object), "one shape").to.deep.equal(Object.keys(compiled as object));
      });
    }

    it("are new objects in each value", () => {
      const read = roundTrip(codec, Everywhere, deep(used)) as Everywhere;
      const [first, second] = read.list as [Session, Session];
      first.cache.push("dirt");
      first.inner.n = 8;
      expect(second).to.deep.equal(fresh);
      expect(roundTrip(codec, Session, used)).to.deep.equal(fresh);
      const Moved = t.struct("test.Session", { gone: t.optional(t.string), id: t.int32 });
      const resolved = (): Session => roundTrip(codec, Moved, { id: 5 }, Session) as Session;
      resolved().cache.push("dirt");
      expect(resolved()).to.deep.equal(fresh);
    });

    it("take nothing from a peer that sends them all the same", () => {
      const hostile = { ...used, note: "n" };
      const read = roundTrip(codec, Open, hostile, Session, { foreign: true });
      expect(read).to.deep.equal({ ...fresh, note: "n" });
      if (!codec.selfDescribing) return;
      // The peer claims to have the same contract, and names the fields in its bytes.
      const maps = name === "msgpack" ? msgpack({ maps: true }) : codec;
      const bytes = encode(maps, Open, hostile);
      expect(Buffer.from(bytes).includes("secret")).to.equal(true);
      expect(decode(codec, Session, Session, bytes)).to.deep.equal({ ...fresh, note: "n" });
    });

    it("are missing fields for a peer in whose version they are ordinary", () => {
      const Needs = t.struct("test.Session", {
        ...carried,
        hits: t.int32,
        cache: t.default(t.list(t.string), ["new"]),
      });
      expect(roundTrip(codec, Session, used, Needs)).to.deep.equal({ id: 5, hits: 0, cache: ["new"] });
      const error = failure(() => roundTrip(codec, Session, used, Open));
      expect(error.message).to.include("test.Session.inner: the other side has no such field");
    });
  });
}

describe("transient fields: json", () => {
  it("take nothing from text in any order", () => {
    const text = '{"socket":"evil","hits":1000,"cache":["evil"],"__proto__":{"socket":"evil"},"id":5,"inner":null}';
    const read = decode(json(), Session, Session, new TextEncoder().encode(text)) as Session;
    expect(read).to.deep.equal(fresh);
    expect(read.socket).to.equal(undefined);
  });
});

describe("transient fields: untyped values", () => {
  it("are members like any other, because t.any knows no type", () => {
    const Loose = t.struct("test.Loose", { any: t.any });
    for (const codec of [json(), msgpack(), hessian2()])
      expect(roundTrip(codec, Loose, { any: { id: 5, socket: "open" } })).to.deep.equal({
        any: { id: 5, socket: "open" },
      });
  });
});

const Sessions = defineService(
  "test.Sessions",
  {},
  {
    echo: rpc({ params: [arg("session", Session)], returns: Session }),
    pair: rpc({ params: [arg("a", Session), arg("b", t.optional(Session))], returns: t.list(Session) }),
    follow: stream({ params: [arg("session", Session)], yields: Session }),
    collect: rpc({ params: [arg("sessions", t.stream(Session))], returns: t.list(Session) }),
    ask: rpc({ params: [arg("session", Session), arg("on", t.callback([Session], Session))], returns: Session }),
    opened: topic(Session),
  },
);

/** What each handler was given, and what it answers: sessions that are in use. */
function sessions(heard: Session[]) {
  return implement(Sessions, {
    echo: async (session) => {
      heard.push(session);
      return used;
    },
    pair: async (a, b) => {
      heard.push(a, ...(b ? [b] : []));
      return [used, used];
    },
    async *follow(session) {
      heard.push(session);
      yield used;
      yield used;
    },
    collect: async (given) => {
      for await (const one of given) heard.push(one);
      return [];
    },
    ask: async (session, on) => {
      heard.push(session, await on(used));
      return used;
    },
  });
}

for (const listen of ["tcp://127.0.0.1:0", "memory://transient"]) {
  describe(`transient fields: over ${listen.split(":")[0]}`, () => {
    it("stay behind in calls, streams, callbacks and topics", async () => {
      const heard: Session[] = [];
      await using server = await serve({ services: [sessions(heard)], listen: [listen] });
      await using client = await connect({ endpoints: server.endpoints });
      const proxy = await client.refer(Sessions);

      const got: Session[] = [await proxy.echo(used), ...(await proxy.pair(used, used))];
      for await (const one of proxy.follow(used)) got.push(one);
      await proxy.collect(
        (async function* () {
          yield used;
        })(),
      );
      const answer = async (session: Session): Promise<Session> => {
        got.push(session);
        return used;
      };
      got.push(await proxy.ask(used, answer));
      const delivered = signal<Session>();
      const opened: Topic<Session> = proxy.opened;
      await using _subscription = await opened.subscribe((session) => delivered.resolve(session));
      await opened.publish(used);
      got.push(await delivered.promise);

      expect(heard).to.deep.equal(Array(7).fill(fresh));
      expect(got).to.deep.equal(Array(8).fill(fresh));
      expect(used.cache).to.deep.equal(["secret"]);
    });
  });
}

describe("transient fields: over memory", () => {
  it("are the reader's, where two declarations have one fingerprint", async () => {
    const declare = (hits: number) =>
      defineService(
        "test.Hits",
        {},
        {
          echo: rpc({
            params: [arg("s", t.struct("test.S", { id: t.int32, hits: t.transient(t.default(t.int32, hits)) }))],
            returns: t.int32,
          }),
        },
      );
    const listen = ["memory://two-declarations"];
    await using _server = await serve({ services: [implement(declare(1), { echo: async (s) => s.hits })], listen });
    await using client = await connect({ endpoints: listen });
    expect(await (await client.refer(declare(2))).echo({ id: 0, hits: 3 })).to.equal(1);
  });

  it("are handed over with isolate: false, which hands over the object itself", async () => {
    const heard: Session[] = [];
    const transports = [memory({ isolate: false })];
    await using server = await serve({
      services: [sessions(heard)],
      listen: ["memory://transient-shared"],
      transports,
    });
    await using client = await connect({ endpoints: server.endpoints, transports });
    expect(await (await client.refer(Sessions)).echo(used)).to.equal(used);
    expect(heard[0]).to.equal(used);
  });
});
