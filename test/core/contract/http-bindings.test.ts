import { expect } from "chai";
import { printContract } from "../../../core/contract/print-contract.ts";
import { readContract } from "../../../core/contract/read-contract.ts";
import { arg, contractOf, defineService, type Infer, rpc, service, stream, t, unimplemented } from "../../../index.ts";

const Book = t.struct("lib.Book", {
  name: t.string,
  pages: t.int32,
  get sequel() {
    return t.optional(Book);
  },
});
const GetBook = t.struct("lib.GetBook", { name: t.string, view: t.enums("lib.View", ["short", "full"]) });
const id = arg("id", t.int64);

/** The rule of a method that has been declared and described. */
function rule(http: unknown, of: Parameters<typeof rpc>[0] = { params: [id, arg("book", Book)], returns: Book }) {
  return contractOf(defineService("lib.Books", {}, { get: rpc({ ...of, http } as never) })).methods[0]?.http;
}

describe("core: the paths of a method", () => {
  it("are declared by a rule, by decorators and by defineService alike", () => {
    @service("lib.Books")
    abstract class Books {
      @rpc({
        params: [arg("of", GetBook)],
        returns: Book,
        noSideEffects: true,
        http: { get: "/v1/{name=shelves/*/books/*}", additionalBindings: [{ post: "/v1/find", body: "*" }] },
      })
      get(of: Infer<typeof GetBook>): Promise<Infer<typeof Book>> {
        return unimplemented(of);
      }
    }
    const defined = defineService(
      "lib.Books",
      {},
      {
        get: rpc({
          params: [arg("of", GetBook)],
          returns: Book,
          noSideEffects: true,
          http: { get: "/v1/{name=shelves/*/books/*}", additionalBindings: [{ post: "/v1/find", body: "*" }] },
        }),
      },
    );
    expect(printContract(contractOf(Books))).to.deep.equal(printContract(defined));
    const [method] = contractOf(Books).methods;
    expect(method).to.include({ noSideEffects: true, idempotent: true });
    expect(method?.http.map(({ verb, path, body }) => [verb, path.text, body])).to.deep.equal([
      ["GET", "/v1/{name=shelves/*/books/*}", undefined],
      ["POST", "/v1/find", "*"],
    ]);
    expect(Object.isFrozen(method?.http) && Object.isFrozen(method?.http[0])).to.equal(true);
  });

  it("are no part of what two sides must agree on", () => {
    const plain = defineService("lib.Books", {}, { get: rpc({ params: [id] }), all: stream({ yields: Book }) });
    const reached = defineService(
      "lib.Books",
      {},
      {
        get: rpc({ params: [id], noSideEffects: true, http: { get: "/v1/{id}" } }),
        all: stream({ yields: Book, noSideEffects: true, http: { get: "/v1/all" } }),
      },
    );
    expect(plain.fingerprint).to.equal(reached.fingerprint);
    expect(plain.methods[0]).to.deep.include({ noSideEffects: false, http: [] });
  });

  it("stand in the contract as data", () => {
    const contract = defineService(
      "lib.Books",
      {},
      {
        get: rpc({
          params: [id],
          noSideEffects: true,
          http: { get: "/v1/{id}", responseBody: "result" },
          returns: t.int32,
        }),
        all: stream({ yields: Book, noSideEffects: true, http: { custom: { kind: "HEAD", path: "/v1/all" } } }),
        make: rpc({
          params: [arg("book", Book)],
          http: {
            post: "/v1/{name}",
            body: "*",
            additionalBindings: [{ put: "/v1/{name}/{sequel.name}", body: "sequel" }],
          },
        }),
      },
    );
    const printed = JSON.parse(JSON.stringify(printContract(contract)));
    expect(printed.members.map(({ http }: { http: unknown }) => http)).to.deep.equal([
      { get: "/v1/{id}", responseBody: "result" },
      { custom: { kind: "HEAD", path: "/v1/all" } },
      { post: "/v1/{name}", body: "*", additionalBindings: [{ put: "/v1/{name}/{sequel.name}", body: "sequel" }] },
    ]);
    const again = readContract(printed);
    expect(printContract(again)).to.deep.equal(printContract(contract));
    expect(
      again.methods.map(({ http, noSideEffects, idempotent }) => ({ http, noSideEffects, idempotent })),
    ).to.deep.equal(
      contract.methods.map(({ http, noSideEffects, idempotent }) => ({ http, noSideEffects, idempotent })),
    );
  });

  it("that disagree with the method say so at its declaration", () => {
    const wrong: [unknown, string][] = [
      [{ get: "/v1/{isbn}" }, "lib.Books.get: http: {isbn}: isbn is no field of lib.Books.GetRequest; it has id, book"],
      [{ get: "/v1/{book.isbn}" }, "{book.isbn}: isbn is no field of lib.Book; it has name, pages, sequel"],
      [{ get: "/v1/{id.x}" }, "{id.x}: id has no fields, it is a int64"],
      [{ get: "/v1/{book}" }, "{book}: a struct cannot stand in a path; name a scalar or an enum"],
      [{ get: "v1" }, 'lib.Books.get: http: the path "v1" does not begin with /'],
      [{ get: "/v1", put: "/v1" }, "expected one of get, put, post, delete, patch, custom"],
      [{}, "expected one of get, put, post, delete, patch, custom"],
      [{ fetch: "/v1" }, "lib.Books.get: http: unknown option fetch"],
      [{ get: 1 }, "lib.Books.get: http: get: expected a text, got 1"],
      [{ get: "/v1", body: "*" }, "body: a GET has no body"],
      [{ post: "/v1", body: "isbn" }, "body: isbn is no field of lib.Books.GetRequest"],
      [{ post: "/v1/{id}", body: "id" }, "body: id is in the path already"],
      [{ post: "/v1", responseBody: "isbn" }, "responseBody: isbn is no field of lib.Book;"],
      [{ custom: { kind: "he ad", path: "/" } }, "custom: kind is a method of HTTP, like HEAD, or * for any"],
      [{ post: "/v1", additionalBindings: [{ put: "/v1/{isbn}" }] }, "{isbn}: isbn is no field"],
      [{ post: "/v1", additionalBindings: [{ put: "/2", additionalBindings: [] }] }, "additionalBindings do not nest"],
    ];
    for (const [http, why] of wrong) expect(() => rule(http), JSON.stringify(http)).to.throw(TypeError, why);
    const none = { params: [], returns: t.int32 };
    expect(() => rule({ get: "/{x}" }, none)).to.throw("x is no field of lib.Books.GetRequest; it has none");
    for (const of of [{ params: [t.stream(Book)] }, { params: [t.callback()] }])
      expect(() => rule({ post: "/v1" }, of)).to.throw("has no path of its own");
    expect(() => defineService("a.B", {}, { up: rpc({ params: [t.stream(Book)], noSideEffects: true }) })).to.throw(
      "a.B.up: noSideEffects: a method that takes a stream cannot be asked by a GET",
    );
    const twice = { a: rpc({ params: [id], http: { get: "/v1/{id}" } }), b: rpc({ http: { get: "/v1/*" } }) };
    expect(() => defineService("a.B", {}, twice)).to.throw("service a.B: a and b both have the path GET /v1/*");
  });

  it("of a contract that somebody sent are checked, and bounded", () => {
    const contract = defineService("lib.Books", {}, { get: rpc({ params: [id], http: { get: "/v1/{id}" } }) });
    const sent = (http: unknown) => {
      const json = JSON.parse(JSON.stringify(printContract(contract)));
      json.members[0].http = http;
      return () => readContract(json);
    };
    expect(sent({ get: "/v1/{isbn}" }))
      .to.throw("isbn is no field")
      .with.property("code", "INVALID_ARGUMENT");
    for (const http of [[], "x", { get: {} }, { get: "/".repeat(1000) }, { custom: [] }, { additionalBindings: [1] }])
      expect(sent(http), JSON.stringify(http)).to.throw().with.property("code", "INVALID_ARGUMENT");
    const many = { get: "/a", additionalBindings: Array.from({ length: 20_000 }, (_, i) => ({ get: `/a${i}` })) };
    expect(sent(many)).to.throw("bindings of HTTP").with.property("code", "RESOURCE_EXHAUSTED");
  });
});
