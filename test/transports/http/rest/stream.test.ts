import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { begun, libraryServer, moby } from "./library.ts";

const book = (name: string) => ({ ...moby, name, isbn: String(moby.isbn) });
const events = { accept: "text/event-stream" };

describe("transports/http/rest/stream", () => {
  let library: Awaited<ReturnType<typeof libraryServer>>;
  before(async () => {
    library = await libraryServer({ heartbeatMs: 20 });
  });
  after(() => library[Symbol.asyncDispose]());
  afterEach(() => {
    begun.length = 0;
  });

  /** The events of a stream, comments left out. */
  const eventsOf = async (path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const answer = await library.ask(body === undefined ? "GET" : "POST", path, body, { ...events, ...headers });
    const parts = (await text(answer.body)).split("\n\n").filter((part) => part !== "" && part !== ":");
    const told = parts.map((part) =>
      Object.fromEntries(part.split("\n").map((line) => line.split(/: (.*)/).slice(0, 2))),
    );
    return { ...answer, told };
  };

  it("is a line for each item", async () => {
    const { status, headers, body } = await library.ask("GET", "/v1/shelves/7/feed?count=2");
    const lines = (await text(body)).trim().split("\n");
    expect([status, headers["content-type"], headers["x-shelf"]]).to.deep.equal([200, "application/x-ndjson", "7"]);
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal([{ result: book("7/1") }, { result: book("7/2") }]);
    expect(body.trailers).to.deep.equal({ "x-last": "yes" });
  });

  it("is an event for each item, and one for the end", async () => {
    const { status, headers, told } = await eventsOf("/v1/shelves/7/feed?count=2");
    expect(status).to.equal(200);
    expect(headers).to.include({ "content-type": "text/event-stream", "cache-control": "no-cache", "x-shelf": "7" });
    expect(told.map(({ id, event }) => [id, event])).to.deep.equal([
      ["1", undefined],
      ["2", undefined],
      [undefined, "end"],
    ]);
    expect(JSON.parse(told[1]?.["data"] ?? "")).to.deep.equal(book("7/2"));
  });

  it("goes on with the numbers of events where the caller left off, who tells the handler", async () => {
    const { told } = await eventsOf("/v1/shelves/7/feed?count=4", { "last-event-id": "2" });
    expect(told.map(({ id }) => id)).to.deep.equal(["3", "4", undefined]);
    expect(JSON.parse(told[0]?.["data"] ?? "")).to.deep.equal(book("7/3"));
  });

  it("ends by the status of an error, which is the answer's where nothing came before", async () => {
    const torn = await eventsOf("/v1/shelves/torn/feed?count=1");
    const status = {
      code: 5,
      message: "library.Missing",
      details: [{ "@type": "type.googleapis.com/library.Missing", wanted: "torn", near: ["a"] }],
    };
    expect(torn.told.map(({ event }) => event)).to.deep.equal([undefined, "error"]);
    expect(JSON.parse(torn.told[1]?.["data"] ?? "")).to.deep.equal(status);
    const lines = await library.ask("GET", "/v1/shelves/torn/feed?count=1");
    const [, last = ""] = (await text(lines.body)).trim().split("\n");
    expect(JSON.parse(last)).to.deep.equal({ error: status });
    const none = await library.json("GET", "/v1/shelves/none/feed?count=1", undefined, events);
    expect([none.status, (none.json as { code: number }).code]).to.deep.equal([404, 5]);
  });

  it("opens and keeps alive where nothing comes, and ends with its caller", async () => {
    const signal = new Promise<AbortSignal>((resolve) => begun.push(resolve));
    const { status, headers, body } = await library.ask("GET", "/v1/shelves/endless/feed?count=0", undefined, events);
    expect([status, headers["x-shelf"]]).to.deep.equal([200, "endless"]);
    let heard = "";
    for await (const chunk of body) {
      heard += String(chunk);
      if (heard === ":\n\n:\n\n:\n\n") break;
    }
    body.destroy();
    const handlers = await signal;
    if (!handlers.aborted) await once(handlers, "abort");
  });

  it("is at its RPC path for who wants events and reads, in the query or by POST", async () => {
    for (const name of ["feed", "Feed"]) {
      const { told } = await eventsOf(`/library.Books/${name}?shelf=3&count=1`);
      expect(JSON.parse(told[0]?.["data"] ?? "")).to.deep.equal(book("3/1"));
    }
    const posted = await eventsOf("/library.Books/write", {}, { count: 2 });
    expect(posted.told.map(({ data }) => data)).to.deep.equal(['{"result":0}', '{"result":1}', "{}"]);
    for (const path of ["/library.Books/write?count=1", "/library.Books/chat", "/library.Books/get?name=a"]) {
      const { status, body } = await library.ask("GET", path, undefined, events);
      body.resume();
      expect(status, path).to.not.equal(200);
    }
  });

  it("is whole over HTTP/2, trailers too, where its request has no end", async () => {
    const session = connectHttp2(library.url);
    for (const endStream of [true, false]) {
      const path = "/v1/shelves/7/feed?count=2";
      const asked = session.request({ ":method": "GET", ":path": path }, { endStream });
      const trailers = once(asked, "trailers");
      expect((await text(asked)).trim().split("\n")).to.have.length(2);
      expect((await trailers)[0]).to.include({ "x-last": "yes" });
    }
    session.close();
    await once(session, "close");
  });

  it("subscribes to a topic", async () => {
    const { headers, body } = await library.ask("GET", "/library.Books/arrived.subscribe", undefined, events);
    expect(headers["content-type"]).to.equal("text/event-stream");
    let heard = "";
    for await (const chunk of body) {
      heard += String(chunk);
      if (heard.includes('"confirmed":true') && !heard.includes("moby"))
        await library.json("POST", "/library.Books/arrived.publish", { key: "", headers: {}, value: book("moby") });
      if (heard.includes("moby")) break;
    }
    body.destroy();
    expect(heard).to.include("id: 2\ndata: ");
  });

  it("tells of itself by HEAD, without being called", async () => {
    const { status, headers, body } = await library.ask("HEAD", "/v1/shelves/7/feed", undefined, events);
    expect([status, headers["content-type"], await text(body)]).to.deep.equal([200, "text/event-stream", ""]);
  });
});
