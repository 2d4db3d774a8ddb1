import { once } from "node:events";
import { request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { buffer, text } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { accept, arg, defineService, implement, refuse, rpc, serve, t } from "../../../../index.ts";
import { heard, libraryServer, moby } from "./library.ts";

const book = { name: "shelves/7/books/moby", isbn: "9781503280786", author: { name: "Melville" }, tags: ["sea"] };

describe("transports/http/rest/server", () => {
  let library: Awaited<ReturnType<typeof libraryServer>>;
  before(async () => {
    library = await libraryServer();
  });
  after(() => library[Symbol.asyncDispose]());
  beforeEach(() => {
    heard.length = 0;
  });

  it("takes variables of the path, and answers with the response as JSON", async () => {
    const asked = { "x-asked": "a" };
    const { status, headers, json } = await library.json("GET", "/v1/shelves/7/books/moby", undefined, asked);
    expect([status, json]).to.deep.equal([200, book]);
    expect(headers).to.include({ "content-type": "application/json", "x-seen": "a", "trailer-x-last": "yes" });
    expect(heard).to.deep.equal(["shelves/7/books/moby"]);
    await library.json("GET", "/v1/shelves/a%20b%C3%A9/books/x%2Fy%25");
    expect(heard.at(-1)).to.equal("shelves/a bé/books/x%2Fy%");
    expect((await library.json("GET", "/v1/files/a/b%20c/d.txt")).json).to.deep.equal({ result: "a/b c/d.txt" });
    expect((await library.json("GET", "/v1/files/")).json).to.deep.equal({ result: "" });
    expect((await library.json("GET", "/v1/files")).json).to.deep.equal({ result: "" });
  });

  it("takes a body that is one field, and the rest from path and query", async () => {
    const sent = '{"isbn": 9007199254740991, "tags":["a\\"}", "b"] , "name":"n"}';
    const { status, json } = await library.json("POST", "/v1/shelves/9/books?dry=true", sent);
    expect([status, json]).to.deep.equal([200, { name: "n", isbn: "9007199254740991", tags: ['a"}', "b"] }]);
    const [[shelf, , dry]] = heard as [[string, unknown, boolean]];
    expect([shelf, dry]).to.deep.equal(["9", true]);
  });

  it("takes a body that is the whole request, or all of it that is not in the path", async () => {
    await library.json("PUT", "/v1/books", { shelf: "3", book });
    expect(heard).to.deep.equal([["3", moby, false]]);
    const sent = '{"name":"new","isbn":1,"author":{"born":1819,"name":"other"},"tags":[]}';
    const { json } = await library.json("PATCH", "/v1/books/Herman/42", sent);
    expect(heard[1]).to.deep.equal({ name: "new", isbn: 42n, author: { name: "Herman", born: 1819 }, tags: [] });
    expect(json).to.deep.equal({ name: "Herman", born: 1819 });
    await library.json("PATCH", "/v1/books/Herman/9007199254740993", {});
    expect(heard[2]).to.deep.equal({ name: "", isbn: 9007199254740993n, author: { name: "Herman" }, tags: [] });
  });

  it("takes a query: repeated, nested, by the names of Protobuf too, and tells one field alone", async () => {
    const query = [
      "page_size=5&view=full&after=2024-02-29T12:00:00Z&author.name=Ann+Lee&author.born=1900",
      "tags=a&tags=b%26c&exact=true&ratio=0.5",
    ].join("&");
    const { status, json } = await library.json("GET", `/v1/7:search?${query}`);
    expect([status, json]).to.deep.equal([200, "found"]);
    expect(heard).to.deep.equal([
      {
        shelf: "7",
        pageSize: 5,
        view: "full",
        after: new Date("2024-02-29T12:00:00Z"),
        author: { name: "Ann Lee", born: 1900 },
        tags: ["a", "b&c"],
        exact: true,
        ratio: 0.5,
      },
    ]);
    await library.json("GET", "/v1/7:search");
    expect(heard[1]).to.include({ pageSize: 20, view: "short", exact: false });
  });

  it("answers nothing with an empty object, and methods of any word", async () => {
    expect(await library.json("DELETE", "/v1/books/7")).to.deep.include({ status: 200, json: {} });
    expect(heard).to.deep.equal([7n]);
    expect((await library.json("REPORT", "/v1")).json).to.deep.equal({ result: "all is well" });
  });

  it("tells an error as google.rpc.Status, by the one table of statuses", async () => {
    const missing = await library.json("GET", "/v1/shelves/7/books/none");
    expect(missing.status).to.equal(404);
    expect(missing.headers).to.include({ "x-shelf": "7", "content-type": "application/json" });
    expect(missing.json).to.deep.equal({
      code: 5,
      message: "library.Missing",
      details: [{ "@type": "type.googleapis.com/library.Missing", wanted: "shelves/7/books/none", near: ["moby"] }],
    });
    const odd = await library.json("GET", "/v1/shelves/7/books/odd");
    expect([odd.status, odd.json]).to.deep.equal([
      400,
      {
        code: 9,
        message: "odd",
        details: [{ "@type": "type.googleapis.com/google.protobuf.Value", value: { why: [1] } }],
      },
    ]);
  });

  it("says what is wrong with a request", async () => {
    const wrong: [number, string, Parameters<typeof library.json>][] = [
      [400, "isbn: expected int64, got", ["DELETE", "/v1/books/x7"]],
      [400, "isbn: expected int64, got", ["DELETE", "/v1/books/9223372036854775808"]],
      [400, '"%zz", which is no percent-encoded text', ["GET", "/v1/shelves/%zz/books/a"]],
      [400, '"pages" in the query is no field; known are shelf, pageSize', ["GET", "/v1/7:search?pages=3"]],
      [400, '"author.age" in the query is no field; known are name, born', ["GET", "/v1/7:search?author.age=3"]],
      [400, '"shelf" is in the path or in the body already', ["GET", "/v1/7:search?shelf=3"]],
      [400, '"exact" stands twice, and is no list', ["GET", "/v1/7:search?exact=true&exact=true"]],
      [400, "author is a struct, which cannot be told in a URL", ["GET", "/v1/7:search?author=x"]],
      [400, "exact: expected bool, true or false", ["GET", "/v1/7:search?exact=1"]],
      [400, "has more than 32 names", ["GET", `/v1/7:search?${"a.".repeat(40)}b=1`]],
      [400, "the body is no JSON", ["POST", "/v1/shelves/9/books", "{"]],
      [400, "the body is no JSON", ["POST", "/v1/shelves/9/books", '{},"dry":true']],
      [400, "the body is [1]; expected an object", ["PATCH", "/v1/books/a/1", "[1]"]],
      [400, "json:", ["PUT", "/v1/books", "{"]],
      [400, "book.tags", ["PUT", "/v1/books", { shelf: "1", book: { ...book, tags: 1 } }]],
      [400, "the query must be empty", ["PUT", "/v1/books?shelf=1", {}]],
      [400, "book: ", ["POST", "/v1/shelves/9/books", ""]],
      [415, "the content type is text/plain", ["PUT", "/v1/books", "{}", { "content-type": "text/plain" }]],
      [415, "the content encoding is rot13", ["PUT", "/v1/books", "{}", { "content-encoding": "rot13" }]],
      [400, "connect-timeout-ms", ["REPORT", "/v1", undefined, { "connect-timeout-ms": "soon" }]],
      [400, "7.0.0", ["REPORT", "/v1", undefined, { "trunkline-version": "7.0.0" }]],
    ];
    for (const [status, message, args] of wrong) {
      const answer = await library.json(...args);
      expect((answer.json as { message: string }).message, args.join(" ")).to.include(message);
      expect(answer.status, args.join(" ")).to.equal(status);
    }
  });

  it("knows which methods of HTTP a path has", async () => {
    const wrong = await library.json("PUT", "/v1/books/7");
    expect(wrong.status).to.equal(405);
    expect(wrong.headers["allow"]).to.equal("DELETE, OPTIONS");
    expect(wrong.json).to.deep.equal({ code: 12, message: "PUT is no method of this path; it has DELETE, OPTIONS" });
    const options = await library.json("OPTIONS", "/v1/shelves/7/books/moby");
    expect([options.status, options.headers["allow"]]).to.deep.equal([204, "GET, HEAD, OPTIONS"]);
    const head = await library.ask("HEAD", "/v1/shelves/7/books/moby");
    expect(await text(head.body)).to.equal("");
    const { headers } = await library.json("GET", "/v1/shelves/7/books/moby");
    expect(head.headers["content-length"]).to.equal(headers["content-length"]);
    expect((await library.json("HEAD", "/v1/shelves/7/books/none")).status).to.equal(404);
    for (const path of ["/", "/v1/", "/v1/shelves/7/books/", "/v1/shelves//books/a", "/v1/7:find", "/v2"]) {
      const { status, body } = await library.ask("GET", path);
      body.resume();
      expect(status, path).to.be.oneOf([404, 405]);
    }
  });

  it("reads a compressed body, of no more bytes than a message may have", async () => {
    await using small = await libraryServer({ limits: { maxMessageBytes: 1000 } });
    const send = async (bytes: Buffer, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${small.url}/v1/books`, {
        method: "PUT",
        headers: { "content-type": "application/json", connection: "close", ...headers },
        body: new Uint8Array(bytes),
      });
      return [answer.status, await answer.text()] as const;
    };
    const sent = Buffer.from(JSON.stringify({ shelf: "3", book }));
    expect((await send(gzipSync(sent), { "content-encoding": "gzip" }))[0]).to.equal(200);
    const large = Buffer.alloc(100_000, " ");
    for (const [bytes, headers] of [
      [large, {}],
      [gzipSync(large), { "content-encoding": "gzip" }],
    ] as const) {
      const [status, text] = await send(bytes, headers);
      expect([status, JSON.parse(text).message]).to.deep.equal([
        429,
        "the message is larger than maxMessageBytes (1000); send less, stream it, or raise the limit on both sides",
      ]);
    }
  });

  it("compresses an answer that is worth it, where the caller takes that", async () => {
    await using dense = await libraryServer({ minCompressBytes: 100 });
    const path = `/v1/files/${"a".repeat(200)}`;
    const { headers, body } = await dense.ask("GET", path, undefined, { "accept-encoding": "gzip" });
    expect(headers).to.include({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(JSON.parse(gunzipSync(await buffer(body)).toString())).to.deep.equal({ result: "a".repeat(200) });
    const small = await dense.ask("GET", "/v1/files/a", undefined, { "accept-encoding": "gzip" });
    small.body.resume();
    expect(small.headers["content-encoding"]).to.equal(undefined);
  });

  it("refuses a body that says nothing of its type, as a page of another origin sends without asking", async () => {
    const sent = await new Promise<number>((resolve) => {
      const asked = request(`${library.url}/v1/books`, { method: "PUT", agent: false });
      asked.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      asked.end(JSON.stringify({ shelf: "3", book }));
    });
    expect(sent).to.equal(415);
    expect(heard).to.deep.equal([]);
  });

  it("takes a body that comes a byte at a time", async () => {
    const text = JSON.stringify({ shelf: "3", book });
    const sent = await new Promise<number>((resolve) => {
      const headers = { "content-type": "application/json" };
      const asked = request(`${library.url}/v1/books`, { method: "PUT", agent: false, headers });
      asked.setNoDelay(true);
      asked.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
      for (const byte of Buffer.from(text)) asked.write(Uint8Array.of(byte));
      asked.end();
    });
    expect(sent).to.equal(200);
    expect(heard).to.deep.equal([["3", moby, false]]);
  });

  it("is the same over HTTP/2", async () => {
    const session = connectHttp2(library.url);
    const ask = async (method: string, path: string, body?: string) => {
      const stream = session.request({ ":method": method, ":path": path, "content-type": "application/json" });
      stream.end(body);
      const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
      return [headers[":status"], headers["content-length"], await text(stream)];
    };
    const json = JSON.stringify(book);
    expect(await ask("GET", "/v1/shelves/7/books/moby")).to.deep.equal([200, String(json.length), json]);
    expect(await ask("HEAD", "/v1/shelves/7/books/moby")).to.deep.equal([200, String(json.length), ""]);
    expect(await ask("POST", "/v1/shelves/9/books", json)).to.deep.equal([200, String(json.length), json]);
    expect((await ask("PUT", "/v1/books/7"))[0]).to.equal(405);
    const feed = await ask("GET", "/v1/shelves/7/feed?count=2");
    expect(String(feed[2]).trim().split("\n")).to.have.length(2);
    session.close();
    await once(session, "close");
  });

  it("asks who calls", async () => {
    const authenticate = (credentials: unknown) => (credentials === "secret" ? accept("ann") : refuse("no"));
    await using guarded = await libraryServer({}, { authenticate });
    const refused = await guarded.json("REPORT", "/v1");
    expect([refused.status, refused.headers["www-authenticate"], refused.json]).to.deep.equal([
      401,
      "Bearer",
      { code: 16, message: "no" },
    ]);
    expect((await guarded.json("REPORT", "/v1", undefined, { authorization: "Bearer secret" })).status).to.equal(200);
  });

  it("cancels a call whose caller has left", async () => {
    let aborted: () => void = () => {};
    let entered: () => void = () => {};
    const atWork = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const over = new Promise<void>((resolve) => {
      aborted = resolve;
    });
    const Slow = defineService("slow.Slow", {}, { wait: rpc({ http: { get: "/wait" } }) });
    await using server = await serve({
      services: [
        implement(Slow, {
          wait: (ctx) => {
            entered();
            return new Promise((resolve) =>
              ctx.signal.addEventListener("abort", () => {
                aborted();
                resolve();
              }),
            );
          },
        }),
      ],
      listen: ["http://127.0.0.1:0"],
    });
    const leaving = new AbortController();
    const asked = fetch(`${server.endpoints[0]}/wait`, { signal: leaving.signal }).catch(() => {});
    await atWork;
    leaving.abort();
    await Promise.all([asked, over]);
  });

  it("refuses to serve two services of one path, and serves two versions of one service", async () => {
    const get = (path: string) => rpc({ params: [arg("id", t.string)], returns: t.string, http: { get: path } });
    const one = implement(defineService("a.One", {}, { get: get("/v1/{id}") }), { get: async () => "1" });
    const other = implement(defineService("a.Other", {}, { get: get("/v1/*") }), { get: async () => "2" });
    const next = implement(defineService("a.One", { version: "2.0.0" }, { get: get("/v1/{id}") }), {
      get: async () => "next",
    });
    const listen = ["http://127.0.0.1:0"];
    const failed = await serve({ services: [one, other], listen }).catch((error: unknown) => error);
    expect(failed)
      .to.be.instanceOf(TypeError)
      .with.property("message", "services: a.One and a.Other both have the path GET /v1/*; change one of them");
    await using server = await serve({ services: [one, next], listen });
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${server.endpoints[0]}/v1/7`, { headers: { connection: "close", ...headers } })).json();
    expect(await ask({ "trunkline-version": "1.0.0" })).to.deep.equal({ result: "1" });
    expect(await ask({ "trunkline-version": "2.0.0" })).to.deep.equal({ result: "next" });
    expect(await ask({}))
      .to.have.property("message")
      .that.includes("a.One");
  });
});
