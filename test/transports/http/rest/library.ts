import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import {
  arg,
  defineService,
  type HandlerOptions,
  implement,
  oneway,
  RpcError,
  type RpcServer,
  rpc,
  serve,
  stream,
  t,
  topic,
} from "../../../../index.ts";
import { type HttpOptions, http } from "../../../../transports/http/index.ts";

export const Author = t.struct("library.Author", { name: t.string, born: t.optional(t.int32) });
export const Book = t.struct("library.Book", {
  name: t.string,
  isbn: t.int64,
  author: t.optional(Author),
  tags: t.list(t.string),
});
const View = t.enums("library.View", ["short", "full"]);
export const Search = t.struct("library.Search", {
  shelf: t.string,
  pageSize: t.default(t.int32, 20),
  view: View,
  after: t.optional(t.timestamp),
  author: t.optional(Author),
  tags: t.list(t.string),
  exact: t.bool,
  ratio: t.optional(t.float64),
});
export const Missing = t.error("library.Missing", { wanted: t.string, near: t.list(t.string) }, { code: "NOT_FOUND" });

export const Books = defineService(
  "library.Books",
  {
    docs: {
      "library.Books": "Books on shelves.",
      "library.Books.get": "One book.",
      "library.Book.isbn": "Thirteen digits.",
    },
  },
  {
    get: rpc({
      params: [arg("name", t.string)],
      returns: Book,
      throws: [Missing],
      noSideEffects: true,
      http: { get: "/v1/{name=shelves/*/books/*}" },
    }),
    add: rpc({
      params: [arg("shelf", t.string), arg("book", Book), arg("dry", t.bool)],
      returns: Book,
      http: { post: "/v1/shelves/{shelf}/books", body: "book", additionalBindings: [{ put: "/v1/books", body: "*" }] },
    }),
    rename: rpc({
      params: [arg("book", Book)],
      returns: Book,
      http: { patch: "/v1/books/{author.name}/{isbn}", body: "*", responseBody: "author" },
    }),
    search: rpc({
      params: [arg("search", Search)],
      returns: t.string,
      http: { get: "/v1/{shelf}:search", responseBody: "result" },
    }),
    drop: rpc({ params: [arg("isbn", t.int64)], http: { delete: "/v1/books/{isbn}" } }),
    read: rpc({
      params: [arg("path", t.string)],
      returns: t.string,
      noSideEffects: true,
      http: { get: "/v1/files/{path=**}" },
    }),
    report: rpc({ returns: t.string, http: { custom: { kind: "REPORT", path: "/v1" } } }),
    feed: stream({
      params: [arg("shelf", t.string), arg("count", t.int32)],
      yields: Book,
      throws: [Missing],
      noSideEffects: true,
      http: { get: "/v1/shelves/{shelf}/feed" },
    }),
    write: stream({ params: [arg("count", t.int32)], yields: t.int32 }),
    poke: oneway({ params: [arg("note", t.string)] }),
    chat: stream({ params: [arg("words", t.stream(t.string))], yields: t.string }),
    arrived: topic(Book),
  },
);

export const moby = { name: "shelves/7/books/moby", isbn: 9781503280786n, author: { name: "Melville" }, tags: ["sea"] };
/** What handlers were called with. */
export const heard: unknown[] = [];
/** Told of the signal of each stream that begins. */
export const begun: ((signal: AbortSignal) => void)[] = [];

export const library = implement(Books, {
  get: async (name, ctx) => {
    heard.push(name);
    if (name.endsWith("none")) throw new Missing({ wanted: name, near: ["moby"] }, { metadata: { "x-shelf": "7" } });
    if (name.endsWith("odd"))
      throw new RpcError({ code: "FAILED_PRECONDITION", message: "odd", details: { why: [1] } });
    ctx.setReplyMetadata({ "x-seen": ctx.metadata["x-asked"] ?? "" });
    ctx.setTrailers({ "x-last": "yes" });
    return { ...moby, name };
  },
  add: async (shelf, book, dry) => {
    heard.push([shelf, book, dry]);
    return book;
  },
  rename: async (book) => {
    heard.push(book);
    return book;
  },
  search: async (search) => {
    heard.push(search);
    return "found";
  },
  drop: async (isbn) => {
    heard.push(isbn);
  },
  read: async (path) => path,
  report: async () => "all is well",
  async *feed(shelf, count, ctx) {
    for (const tell of begun) tell(ctx.signal);
    ctx.setReplyMetadata({ "x-shelf": shelf });
    ctx.setTrailers({ "x-last": "yes" });
    if (shelf === "none") throw new Missing({ wanted: shelf, near: [] });
    const from = Number(ctx.metadata["last-event-id"] ?? 0);
    for (let i = from; i < count; i++) yield { ...moby, name: `${shelf}/${i + 1}` };
    if (shelf === "torn") throw new Missing({ wanted: shelf, near: ["a"] });
    if (shelf === "endless") await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
  },
  async *write(count) {
    for (let i = 0; i < count; i++) yield i;
  },
  poke: () => {},
  async *chat(words) {
    yield* words;
  },
});

/** A server of the library, and a client of HTTP that knows nothing of it. Closed by `await using`. */
export async function libraryServer(options: HttpOptions = {}, serving: Partial<HandlerOptions> = {}) {
  const server: RpcServer = await serve({
    services: [library],
    listen: ["http://127.0.0.1:0"],
    transports: [http(options)],
    onError: () => {},
    ...serving,
  });
  return { server, ...clientOf(server.endpoints[0] ?? "", () => server.close()) };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
}

/** Asks by HTTP, each time over a connection of its own. */
export function clientOf(url: string, close: () => Promise<unknown>) {
  const ask = (method: string, path: string, body?: unknown, given: Record<string, string> = {}) => {
    const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const type: Record<string, string> = sent === undefined ? {} : { "content-type": "application/json" };
    return new Promise<Answer>((resolve, reject) => {
      const asked = request(url + path, { method, headers: { ...type, ...given }, agent: false });
      asked.on("response", (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
      asked.on("error", reject);
      asked.end(sent);
    });
  };
  return {
    url,
    ask,
    /** The answer, its body as JSON. */
    json: async (...args: Parameters<typeof ask>) => {
      const { status, headers, body } = await ask(...args);
      const read = await text(body);
      return { status, headers, json: read === "" ? undefined : (JSON.parse(read) as unknown) };
    },
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}
