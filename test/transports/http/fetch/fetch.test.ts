import { expect } from "chai";
import { build } from "esbuild";
import { createHandler } from "../../../../index.ts";
import { envelope } from "../../../../transports/http/envelope.ts";
import { type FetchHandler, fetchHandler } from "../../../../transports/http/fetch/index.ts";
import { root } from "../../../tools/project.ts";
import { begun, heard, library } from "../rest/library.ts";

type Handler = Awaited<ReturnType<typeof createHandler>>;

describe("transports/http/fetch", () => {
  let handler: Handler;
  let serve: FetchHandler;
  beforeEach(async () => {
    handler = await createHandler({ services: [library], onError: () => {} });
    serve = fetchHandler(handler);
  });
  afterEach(async () => {
    begun.length = 0;
    await handler.close();
  });

  const post = (path: string, body: string | ReadableStream, init: RequestInit = {}) =>
    new Request(`http://shop.example${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      ...init,
    });

  it("answers requests without a server", async () => {
    const answer = await serve(post("/library.Books/Report", "{}"));
    expect([answer.status, answer.headers.get("content-type"), await answer.json()]).to.deep.equal([
      200,
      "application/json",
      { result: "all is well" },
    ]);
    const book = await serve(new Request("http://shop.example/v1/shelves/7/books/moby"));
    expect(await book.json()).to.include({ name: "shelves/7/books/moby" });
    const head = await serve(new Request("http://shop.example/v1/shelves/7/books/moby", { method: "HEAD" }));
    expect([head.status, await head.text()]).to.deep.equal([200, ""]);
    expect((await serve(new Request("http://shop.example/nowhere"))).status).to.equal(404);
    expect((await serve(new Request("http://shop.example/v1/books/7", { method: "OPTIONS" }))).status).to.equal(204);
  });

  it("reads a body that comes in pieces, and no more of one than it may", async () => {
    const pieces = ['{"shelf":"3","bo', 'ok":{"name":"n","isbn":"1",', '"tags":[]}}'].map((one) => Buffer.from(one));
    const streamed = ReadableStream.from(pieces);
    const answer = await serve(post("/v1/books", streamed, { method: "PUT", duplex: "half" } as never));
    expect(await answer.json()).to.deep.equal({ name: "n", isbn: "1", tags: [] });
    expect(heard.pop()).to.deep.equal(["3", { name: "n", isbn: 1n, tags: [] }, false]);
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => {
        cancelled = true;
      },
    });
    const small = fetchHandler(handler, { limits: { maxMessageBytes: 10_000 } });
    const refused = await small(post("/v1/books", endless, { method: "PUT", duplex: "half" } as never));
    expect(refused.status).to.equal(429);
    expect(cancelled).to.equal(true);
  });

  it("streams an answer as it is read, and no faster", async () => {
    const answer = await serve(new Request("http://shop.example/v1/shelves/7/feed?count=3"));
    expect((await answer.text()).trim().split("\n")).to.have.length(3);
    const signal = new Promise<AbortSignal>((resolve) => begun.push(resolve));
    const long = await serve(new Request("http://shop.example/v1/shelves/7/feed?count=1000000"));
    const reader = (long.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const { aborted } = await signal;
    expect(aborted).to.equal(false);
    await reader.cancel();
    expect((await signal).aborted).to.equal(true);
  });

  it("ends a call whose request is aborted", async () => {
    const signal = new Promise<AbortSignal>((resolve) => begun.push(resolve));
    const leaving = new AbortController();
    const headers = { accept: "text/event-stream" };
    const url = "http://shop.example/v1/shelves/endless/feed?count=1";
    const answer = await serve(new Request(url, { signal: leaving.signal, headers }));
    expect(answer.status).to.equal(200);
    leaving.abort();
    expect((await signal).aborted).to.equal(true);
    expect((await serve(new Request(url, { signal: AbortSignal.abort() }))).status).to.equal(499);
  });

  it("refuses gRPC, whose status would be lost", async () => {
    for (const type of ["application/grpc", "application/grpc+json"]) {
      const { status, headers } = await serve(post("/library.Books/Report", "", { headers: { "content-type": type } }));
      expect([status, headers.get("grpc-status")]).to.deep.equal([200, "12"]);
      expect(decodeURI(headers.get("grpc-message") ?? "")).to.match(/^gRPC needs trailers/);
    }
  });

  it("is mounted under a prefix, and told who asks by what the runtime gives", async () => {
    const mounted = fetchHandler(handler, {
      prefix: "/api/v2",
      cors: true,
      addressOf: (_request, { remote }: { remote: string }) => remote,
    });
    const at = async (path: string) => (await mounted(post(path, "{}"), { remote: "10.0.0.7" })).status;
    expect(await at("/api/v2/library.Books/Report")).to.equal(200);
    expect(
      await Promise.all(["/library.Books/Report", "/api/v20/library.Books/Report", "/api/v2"].map(at)),
    ).to.deep.equal([404, 404, 404]);
    expect(() => fetchHandler(handler, { prefix: "api" })).to.throw(TypeError, 'prefix: "api" is no path');
    expect(() => fetchHandler(handler, { mount: "/api" } as never)).to.throw(TypeError, "unknown option mount");
  });

  it("ends with its handler, which waits for what is under way", async () => {
    const url = "http://shop.example/v1/shelves/7/feed?count=3";
    const answer = await serve(new Request(url));
    const closing = handler.close();
    await new Promise((resolve) => setImmediate(resolve));
    const late = await serve(new Request(url));
    expect([late.status, (await late.json()) as object]).to.deep.equal([
      503,
      { code: "unavailable", message: "the handler of these requests was closed" },
    ]);
    expect((await answer.text()).trim().split("\n")).to.have.length(3);
    await closing;
  });

  it("cuts what is under way when its handler is destroyed, or has waited long enough", async () => {
    const url = "http://shop.example/v1/shelves/endless/feed?count=1";
    const answer = await serve(new Request(url));
    handler.destroy();
    const cut = await answer.text().catch((error: Error) => error.message);
    expect(cut).to.equal("the answer was cut off");
    expect((await serve(new Request(url))).status).to.equal(503);
    const patient = await createHandler({ services: [library], drainMs: 20, onError: () => {} });
    const slow = await fetchHandler(patient)(new Request(url));
    await patient.close();
    expect(await slow.text().catch((error: Error) => error.message)).to.equal("the answer was cut off");
  });

  it("cancels a call whose body breaks off, and holds back one that is not read", async () => {
    let pulled = 0;
    const upload = (pieces: number) =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          if (pulled++ === pieces) return controller.error(new Error("the line is dead"));
          controller.enqueue(envelope(0, Buffer.from(JSON.stringify({ result: "word".repeat(1000) }))));
        },
      });
    const headers = { "content-type": "application/connect+json" };
    const init = { headers, duplex: "half" } as never;
    const broken = await serve(post("/library.Books/chat", upload(3), init));
    const heard = await broken.text().catch((error: Error) => error.message);
    expect([broken.status, heard]).to.be.deep.oneOf([
      [200, "the request was cut off"],
      [499, ""],
    ]);
    pulled = 0;
    const unread = await serve(post("/library.Books/chat", upload(1_000_000), init));
    const reader = (unread.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    let before = -1;
    while (before !== pulled) {
      before = pulled;
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    }
    // Of a stream in both directions that is half duplex a few megabytes wait for their turn.
    expect(pulled).to.be.below(5000);
    await reader.cancel();
  });

  it("needs nothing of Node", async () => {
    const { outputFiles } = await build({
      entryPoints: [`${root}transports/http/fetch/index.ts`],
      bundle: true,
      write: false,
      platform: "browser",
      format: "esm",
    });
    const [{ text: code = "" } = {}] = outputFiles;
    expect(
      code.match(/.*((?<!globalThis\.)\bBuffer\b|\bprocess\.(?!getBuiltinModule)|setImmediate|"node:(?!zlib)).*/g) ??
        [],
    ).to.deep.equal([]);
  });
});
