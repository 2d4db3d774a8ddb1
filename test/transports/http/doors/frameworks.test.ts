import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { createConnectTransport as createWebTransport } from "@connectrpc/connect-web";
import { NestFactory } from "@nestjs/core";
import { expect } from "chai";
import express from "express";
import fastify from "fastify";
import { fetchHandler } from "../../../../transports/http/fetch/index.ts";
import { requestListener } from "../../../../transports/http/index.ts";
import { clientOf, heard } from "../rest/library.ts";
import { callAll, kindsHandler } from "./stock.ts";

type Handler = Awaited<ReturnType<typeof kindsHandler>>;
const book = { name: "n", isbn: "1", tags: [] };

/** Calls what is mounted at `/api`, in every protocol of HTTP/1.1 and in REST, and what stands beside it. */
async function expectServed(url: string): Promise<void> {
  const options = { baseUrl: `${url}/api`, httpVersion: "1.1", nodeOptions: { agent: false } } as const;
  await callAll(createConnectTransport({ ...options, useBinaryFormat: false }), { uploads: true });
  await callAll(createConnectTransport({ ...options, useHttpGet: true }), { uploads: true });
  await callAll(createGrpcWebTransport(options), { uploads: true });
  const client = clientOf(url, async () => {});
  const { status, json } = await client.json("PUT", "/api/v1/books", { shelf: "3", book });
  expect([status, json]).to.deep.equal([200, book]);
  expect(heard.pop()).to.deep.equal(["3", { ...book, isbn: 1n }, false]);
  expect((await client.json("GET", "/api/v1/shelves/7/books/a")).json).to.include({ name: "shelves/7/books/a" });
  expect((await client.ask("GET", "/api/_trunkline")).status).to.equal(200);
  expect((await client.json("GET", "/beside")).json).to.deep.equal({ its: "own" });
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function listening(server: Server): Promise<Server> {
  server.keepAliveTimeout = 1;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("transports/http: in a framework", () => {
  let handler: Handler;
  beforeEach(async () => {
    handler = await kindsHandler();
  });
  afterEach(() => handler.close());

  for (const parsing of [false, true]) {
    it(`Express: every protocol, ${parsing ? "behind" : "before"} a parser of bodies`, async () => {
      const app = express();
      if (parsing) app.use(express.json());
      app.use("/api", await requestListener(handler));
      if (!parsing) app.use(express.json());
      app.get("/beside", (_request, response) => {
        response.json({ its: "own" });
      });
      const server = await listening(createServer(app));
      await expectServed(urlOf(server));
      await new Promise((resolve) => server.close(resolve));
    });
  }

  it("Express: a body that somebody read and did not keep is an error that says so", async () => {
    const app = express();
    app.use((request, _response, next) => {
      request.resume().on("end", next);
    });
    app.use(await requestListener(handler));
    const server = await listening(createServer(app));
    const client = clientOf(urlOf(server), async () => {});
    const { status, json } = await client.json("PUT", "/v1/books", { shelf: "3", book });
    expect([status, (json as { message: string }).message]).to.deep.equal([
      500,
      "the body was read before it came here; mount the handler before what parses bodies, or keep it as rawBody",
    ]);
    expect((await client.json("GET", "/v1/shelves/7/books/a")).status).to.equal(200);
    await new Promise((resolve) => server.close(resolve));
  });

  it("Fastify: every protocol, in a scope whose bodies nobody parses", async () => {
    const app = fastify();
    const listener = await requestListener(handler, { prefix: "/api" });
    app.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser("*", (_request, _body, done) => done(null));
      scope.all("/api/*", (request, reply) => {
        reply.hijack();
        listener(request.raw, reply.raw);
      });
    });
    app.get("/beside", () => ({ its: "own" }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    await expectServed(urlOf(app.server));
    await app.close();
  });

  it("Nest: every protocol, beside its own controllers", async () => {
    // Without decorators of its own, which these tests are not compiled for.
    class AppModule {}
    Reflect.defineMetadata("imports", [], AppModule);
    const app = await NestFactory.create(AppModule, { logger: false });
    app.use("/api", await requestListener(handler));
    app.use("/beside", (_request: unknown, response: { json(value: unknown): void }) => response.json({ its: "own" }));
    const server = (await app.listen(0, "127.0.0.1")) as Server;
    server.keepAliveTimeout = 1;
    await expectServed(urlOf(server));
    await app.close();
  });

  it("fetch: Connect and gRPC-Web of a stock client, by calling the handler", async () => {
    const serve = fetchHandler(handler);
    for (const useBinaryFormat of [true, false]) {
      const transport = createWebTransport({
        baseUrl: "http://shop.example",
        useBinaryFormat,
        fetch: (input, init) => serve(new Request(input, init)),
      });
      await callAll(transport, { uploads: false });
    }
  });
});
