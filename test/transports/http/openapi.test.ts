import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "chai";
import { accept, arg, defineService, implement, refuse, rpc, serve, t } from "../../../index.ts";
import { shop } from "../suite/contract.ts";
import { library, libraryServer } from "./rest/library.ts";

type Json = Record<string, never>;
interface Operation {
  readonly operationId: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<string, { readonly content: Record<string, { readonly schema: Json }> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json>; readonly securitySchemes?: object };
  readonly security?: readonly object[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
}

/** What a validator says that is not ours; it writes into what it is given. */
const verdict = (document: unknown) => new Validator().validate(structuredClone(document) as Record<string, unknown>);

describe("transports/http/openapi", () => {
  let shelves: Awaited<ReturnType<typeof libraryServer>>;
  let document: Document;
  before(async () => {
    shelves = await libraryServer();
    document = (await shelves.json("GET", "/_trunkline/openapi.json")).json as Document;
  });
  after(() => shelves[Symbol.asyncDispose]());

  it("is a document of OpenAPI 3.1, by a validator of others", async () => {
    expect(await verdict(document)).to.deep.equal({ valid: true });
    expect([document.openapi, document.info.title]).to.deep.equal(["3.1.0", "library.Books"]);
    const dangling = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].filter(
      ([, name = ""]) => document.components.schemas[name] === undefined,
    );
    expect(dangling).to.deep.equal([]);
  });

  it("has every path of REST and RPC", () => {
    const paths = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((verb) => `${verb} ${path}`),
    );
    expect(paths.filter((path) => path.includes("/v1"))).to.deep.equal([
      "get /v1/shelves/{name.1}/books/{name.2}",
      "post /v1/shelves/{shelf}/books",
      "put /v1/books",
      "patch /v1/books/{author.name}/{isbn}",
      "get /v1/{shelf}:search",
      "delete /v1/books/{isbn}",
      "get /v1/files/{path}",
      "x-report /v1",
      "get /v1/shelves/{shelf}/feed",
    ]);
    expect(paths).to.include.members([
      "post /library.Books/get",
      "get /library.Books/get",
      "post /library.Books/chat",
      "get /library.Books/feed",
      "get /library.Books/arrived.subscribe",
      "post /trunkline.Health/check",
    ]);
    expect(paths).to.not.include("get /library.Books/add");
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it("says what is in the path, the query and the body", () => {
    const { get: search } = document.paths["/v1/{shelf}:search"] ?? {};
    expect(search?.parameters?.map((one) => [one.in, one.name])).to.deep.equal([
      ["path", "shelf"],
      ["query", "pageSize"],
      ["query", "view"],
      ["query", "after"],
      ["query", "author.name"],
      ["query", "author.born"],
      ["query", "tags"],
      ["query", "exact"],
      ["query", "ratio"],
    ]);
    expect(search?.parameters?.[1]?.schema).to.include({ default: 20 });
    const { post: add } = document.paths["/v1/shelves/{shelf}/books"] ?? {};
    expect(add?.requestBody?.content["application/json"]?.schema).to.deep.equal({
      $ref: "#/components/schemas/library.Book",
    });
    expect(add?.parameters?.map(({ name }) => name)).to.deep.equal(["shelf", "dry"]);
    const { patch: rename } = document.paths["/v1/books/{author.name}/{isbn}"] ?? {};
    expect(Object.keys(rename?.requestBody?.content["application/json"]?.schema["properties"] ?? {})).to.deep.equal([
      "name",
      "author",
      "tags",
    ]);
    const { get: feed } = document.paths["/v1/shelves/{shelf}/feed"] ?? {};
    expect(Object.keys(feed?.responses["200"]?.content ?? {})).to.deep.equal([
      "application/x-ndjson",
      "text/event-stream",
    ]);
  });

  it("says what the contract is documented to be", () => {
    expect(document.tags.find(({ name }) => name === "library.Books")?.description).to.equal("Books on shelves.");
    expect(document.paths["/library.Books/get"]?.["post"]?.description).to.equal("One book.");
    expect(JSON.stringify(document.components.schemas["library.Book"])).to.include("Thirteen digits.");
    expect(document.paths["/library.Books/get"]?.["post"]?.responses["default"]).to.have.property(
      "description",
      "An error; declared are library.Missing.",
    );
  });

  it("has schemas that fit what the server answers", async () => {
    const ajv = new Ajv2020({ strict: false });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    for (const [path, at, code] of [
      ["/v1/shelves/{name.1}/books/{name.2}", "/v1/shelves/7/books/moby", "200"],
      ["/v1/shelves/{name.1}/books/{name.2}", "/v1/shelves/7/books/none", "default"],
      ["/v1/files/{path}", "/v1/files/a/b", "200"],
    ] as const) {
      const { json } = await shelves.json("GET", at);
      const schema = document.paths[path]?.["get"]?.responses[code]?.content["application/json"]?.schema;
      const fits = ajv.compile({ components: document.components, ...schema });
      expect(fits(json), `${at}: ${ajv.errorsText(fits.errors)}`).to.equal(true);
      expect(fits("something else")).to.equal(false);
    }
  });

  it("is valid for contracts with everything in them, and for types of one name", async () => {
    const Item = (of: object) => t.struct("shared.Item", of as never);
    const service = (name: string, item: ReturnType<typeof Item>) =>
      implement(defineService(name, {}, { get: rpc({ params: [arg("id", t.int64)], returns: item }) }), {
        get: async () => ({}) as never,
      });
    await using server = await serve({
      services: [shop(), library, service("a.A", Item({ x: t.int32 })), service("a.B", Item({ y: t.string }))],
      listen: ["http://127.0.0.1:0"],
      partial: true,
    });
    const answer = await fetch(`${server.endpoints[0]}/_trunkline/openapi.json`, { headers: { connection: "close" } });
    const all = (await answer.json()) as Document;
    expect(await verdict(all)).to.deep.equal({ valid: true });
    expect(all.components.schemas).to.include.keys("shared.Item", "a.B.shared.Item");
    expect(all.tags.map(({ name }) => name)).to.include.members(["library.Books", "a.A", "a.B"]);
  });

  it("is told to who may call, and says that somebody decides that", async () => {
    const authenticate = (credentials: unknown) => (credentials === "secret" ? accept("ann") : refuse("no"));
    await using guarded = await libraryServer({}, { authenticate });
    expect((await guarded.json("GET", "/_trunkline/openapi.json")).status).to.equal(401);
    expect((await guarded.ask("GET", "/_trunkline")).status).to.equal(200);
    const headers = { authorization: "Bearer secret" };
    const { status, json } = await guarded.json("GET", "/_trunkline/openapi.json", undefined, headers);
    expect([status, (json as Document).security]).to.deep.equal([200, [{ bearer: [] }]]);
    expect(await verdict(json)).to.deep.equal({ valid: true });
    expect(document.security).to.equal(undefined);
  });

  it("is not there for who turned it off, or reflection", async () => {
    for (const [options, serving] of [
      [{ page: false }, {}],
      [{}, { reflection: false }],
    ] as const) {
      await using hidden = await libraryServer(options, serving);
      for (const path of ["/_trunkline", "/_trunkline/openapi.json"]) {
        const { status, body } = await hidden.ask("GET", path);
        body.resume();
        expect(status, path).to.equal(404);
      }
    }
  });
});
