import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { expect } from "chai";
import { type Client, connect, RpcError, valuesOf } from "../../index.ts";
import { type HttpOptions, http } from "../../transports/http/index.ts";
import { Kinds, MixedSchema } from "../core/schema/kinds-pb.ts";

/** What the server of connect-node heard of calls that their callers left. */
let left: Promise<unknown> | undefined;

const routes = (router: ConnectRouter): unknown =>
  router.service(Kinds, {
    echo: (all) => all,
    ping: async (_, { requestHeader, responseHeader, responseTrailer, signal }) => {
      const wish = requestHeader.get("x-wish");
      if (wish === "fail") {
        throw new ConnectError("no “such” thing", Code.AlreadyExists, { "x-why": "twice" });
      }
      if (wish === "wait") {
        left = once(signal, "abort");
        await left;
        throw signal.reason;
      }
      responseHeader.append("x-several", "one");
      responseHeader.append("x-several", "two");
      responseTrailer.set("x-last", "three");
      return {};
    },
    watch: async function* ({ children }) {
      for (const { name } of children) {
        if (name === "fail") throw new ConnectError("after one", Code.Aborted);
        yield { choice: { case: "text" as const, value: name } };
      }
    },
    collect: async (choices) => {
      const string: string[] = [];
      for await (const { choice } of choices) string.push(String(choice.value));
      return { string };
    },
    chat: async function* (mixed) {
      for await (const one of mixed)
        yield create(MixedSchema, { choice: { choice: { case: "text", value: `${one.choice?.choice.value}!` } } });
    },
  });

const plain = { name: "", children: [], named: {} };
const treeOf = (...names: string[]) => ({ ...plain, children: names.map((name) => ({ ...plain, name })) });

async function failure(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!RpcError.is(error)) throw new Error(`expected an RpcError, got ${String(error)}`);
  return error;
}

const ways: Readonly<Record<string, HttpOptions>> = {
  "Connect over HTTP/1.1": {},
  "Connect over HTTP/2": { httpVersion: 2 },
  "Connect over HTTP/1.1, compressed": { compression: { send: "gzip", fromBytes: 0, accept: ["br", "gzip"] } },
  gRPC: { protocol: "grpc" },
  "gRPC-Web over HTTP/1.1": { protocol: "grpc-web" },
  "gRPC-Web over HTTP/2": { protocol: "grpc-web", httpVersion: 2 },
};

for (const [way, options] of Object.entries(ways)) {
  const version = options.httpVersion ?? (options.protocol === "grpc" ? 2 : 1);

  describe(`a server of connect-node, by ${way}`, () => {
    let server: ReturnType<typeof createServer> | Http2Server;
    const sessions = new Set<ServerHttp2Session>();
    let url = "";

    before(async () => {
      const answer = connectNodeAdapter({ routes: routes as never });
      server = version === 1 ? createServer(answer) : createHttp2Server(answer);
      server.on("session", (session: ServerHttp2Session) => {
        sessions.add(session);
        session.once("close", () => sessions.delete(session));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    after(async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    });

    const each = (what: string, check: (kinds: Client<typeof Kinds>) => Promise<void>): void => {
      for (const codec of ["protobuf", "json"]) {
        it(`${what}, in ${codec}`, async () => {
          await using client = await connect({ endpoints: [url], transports: [http(options)] });
          await check(await client.refer(Kinds, { codec }));
        });
      }
    };

    each("answers calls, with metadata before and behind", async (kinds) => {
      const heard: unknown[] = [];
      const result = await kinds.ping.with({
        onReplyMetadata: (head) => heard.push(valuesOf(head, "x-several").join(", ")),
        onTrailers: (trailers) => heard.push(trailers["x-last"]),
      })({});
      expect([result, heard]).to.deep.equal([{}, ["one, two", "three"]]);
    });

    each("fails calls by its codes and words", async (kinds) => {
      const error = await failure(kinds.ping.with({ metadata: { "x-wish": "fail" } })({}));
      expect([error.code, error.message, error.metadata["x-why"]]).to.deep.equal([
        "ALREADY_EXISTS",
        "no “such” thing",
        "twice",
      ]);
    });

    each("hears of deadlines and of callers that leave", async (kinds) => {
      const late = kinds.ping.with({ metadata: { "x-wish": "wait" }, timeoutMs: 60 })({});
      expect((await failure(late)).code).to.equal("DEADLINE_EXCEEDED");
      await left;
    });

    each("streams, and is streamed to", async (kinds) => {
      const watched: unknown[] = [];
      for await (const { text } of kinds.watch(treeOf("a", "b"))) watched.push(text);
      expect(watched).to.deep.equal(["a", "b"]);
      const texts = async function* () {
        yield { text: "x" };
        yield { text: "y" };
      };
      expect((await kinds.collect(texts())).string).to.deep.equal(["x", "y"]);
    });

    each("ends a stream by an error behind what it sent", async (kinds) => {
      const watched: unknown[] = [];
      const reading = async (): Promise<void> => {
        for await (const { text } of kinds.watch(treeOf("a", "fail"))) watched.push(text);
      };
      const error = await failure(reading());
      expect([watched, error.code, error.message]).to.deep.equal([["a"], "ABORTED", "after one"]);
    });

    // That server refuses both over HTTP/1.1, by 505.
    if (version === 1) return;
    each("talks in both directions at once", async (kinds) => {
      let heard = (): void => {};
      const said = async function* () {
        for (const text of ["a", "b", "c"]) {
          const answered = new Promise<void>((resolve) => {
            heard = resolve;
          });
          yield { constructor_: 0, plainLevel: "UNKNOWN" as const, then_: "", choice: { text } };
          await answered;
        }
      };
      const answers: unknown[] = [];
      for await (const { choice } of kinds.chat(said())) {
        answers.push(choice?.text);
        heard();
      }
      expect(answers).to.deep.equal(["a!", "b!", "c!"]);
    });
  });
}
