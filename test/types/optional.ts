import {
  arg,
  type CallContext,
  type Client,
  type ContractClass,
  clone,
  defineService,
  type Handlers,
  type Infer,
  type InferInput,
  implement,
  type OnewayMethod,
  oneway,
  rpc,
  type StreamMethod,
  service,
  stream,
  type Topic,
  t,
  topic,
  typeOf,
  type UnaryMethod,
  unimplemented,
} from "trunkline";
import * as z from "zod";
import { same, some } from "./exact.ts";

/** Who writes may leave out what is optional or has a default; who reads finds the default. */
const Line = t.struct("types.Line", { sku: t.string, qty: t.default(t.int32, 1), note: t.optional(t.string) });
type Line = Infer<typeof Line>;
type LineInput = InferInput<typeof Line>;
const Page = t.struct("types.Page", { lines: t.list(Line), next: t.field(9, t.default(t.string, "")) });
type Page = Infer<typeof Page>;
type PageInput = InferInput<typeof Page>;
const Choice = t.union("types.Choice", { line: Line, none: t.bool });
const Full = t.error("types.Full", { max: t.default(t.int32, 10), line: t.optional(Line) });
const Tree = t.struct("types.OptionalTree", {
  size: t.default(t.int32, 0),
  get kids() {
    return t.default(t.list(Tree), []);
  },
  get next() {
    return t.optional(Tree);
  },
});

export function whatIsReadAndWhatIsWritten(): void {
  same<Line, { sku: string; qty: number; note?: string | undefined }>();
  same<LineInput, { sku: string; qty?: number | undefined; note?: string | undefined }>();
  same<Page, { lines: Line[]; next: string }>();
  same<PageInput, { lines: LineInput[]; next?: string | undefined }>();
  same<InferInput<typeof t.string>, string>();
  const many = t.map(t.list(Line));
  same<InferInput<typeof many>, Record<string, LineInput[]>>();
  same<
    InferInput<typeof Choice>,
    { readonly kind: "line"; readonly value: LineInput } | { readonly kind: "none"; readonly value: boolean }
  >();
  const upstream = t.stream(Line);
  same<Infer<typeof upstream>, AsyncIterable<Line>>();
  same<InferInput<typeof upstream>, AsyncIterable<LineInput>>();
  const callback = t.callback([Line, arg("percent", t.default(t.int32, 0))], Page);
  // The handler calls it, so it is the handler who writes the arguments.
  same<Infer<typeof callback>, (line: LineInput, percent?: number) => Promise<Page>>();
  same<InferInput<typeof callback>, (line: Line, percent: number) => Promise<PageInput>>();
  const cached = t.struct("types.Cached", { id: t.int32, cache: t.transient(t.default(t.list(t.string), [])) });
  same<InferInput<typeof cached>, { id: number; cache?: string[] | undefined }>();
  const filled = t.default(Line, { sku: "a" });
  same<Infer<typeof filled>, Line>();
  const tree: InferInput<typeof Tree> = { kids: [{ next: {} }] };
  same<ReturnType<typeof clone<typeof Tree>>, Infer<typeof Tree>>();
  same<ReturnType<typeof clone<typeof Tree>>["kids"][number]["size"], number>();
  clone(tree, Tree);
  const full = new Full({ line: { sku: "a" } });
  same<typeof full.max, number>();
  same<typeof full.line, Line | undefined>();
  new Full({});
  // @ts-expect-error without a default a field must be there
  clone({ qty: 1 }, Line);
  // @ts-expect-error the wrong type
  clone({ sku: "a", qty: "1" }, Line);
}

const Defined = defineService(
  "types.Pages",
  {},
  {
    list: rpc({
      params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))],
      returns: Page,
      throws: [Full],
    }),
    find: rpc({ params: [t.string, t.optional(t.string), t.default(Line, { sku: "" })] }),
    middle: rpc({ params: [t.optional(t.string), t.int32] }),
    pinned: rpc({ params: [t.field(4, t.default(t.string, "")), t.field(2, t.optional(t.bool))] }),
    add: oneway({ params: [arg("line", Line), arg("times", t.default(t.int32, 1))] }),
    walk: stream({ params: [arg("limit", t.optional(t.int32))], yields: Page }),
    changed: topic(Line),
  },
);

export async function callersAndHandlers(client: Client<typeof Defined>): Promise<void> {
  same<typeof client.list, UnaryMethod<[string, number?], Page>>();
  same<typeof client.find, UnaryMethod<[string, (string | undefined)?, (LineInput | undefined)?], void>>();
  same<typeof client.middle, UnaryMethod<[string | undefined, number], void>>();
  same<typeof client.pinned, UnaryMethod<[string?, boolean?], void>>();
  same<typeof client.add, OnewayMethod<[LineInput, number?]>>();
  same<typeof client.walk, StreamMethod<[number?], Page>>();
  same<typeof client.changed, Topic<Line, LineInput>>();
  const { lines, next } = await client.list("x");
  same<typeof lines, Line[]>();
  same<typeof next, string>();
  await client.list("x", undefined);
  await client.list.with({ timeoutMs: 5 })("x", 3);
  client.list.callback("x", 3, (_error, page) => same<typeof page, Page | undefined>());
  client.list.callback("x", undefined, (_error, page) => same<typeof page, Page | undefined>());
  client.add({ sku: "a" });
  await client.changed.publish({ sku: "a" });
  await client.changed.subscribe((line) => same<typeof line, Line>());
  // @ts-expect-error the prefix has no default
  await client.list();
  // @ts-expect-error one argument more
  await client.list("x", 3, 4);
  // @ts-expect-error what stands before a parameter that must be given is given too
  await client.middle(3);

  type All = Handlers<typeof Defined>;
  same<All["list"], (prefix: string, limit: number, ctx: CallContext) => Promise<PageInput> | PageInput>();
  same<All["find"], (a: string, b: string | undefined, line: Line, ctx: CallContext) => Promise<void> | void>();
  same<All["walk"], (limit: number | undefined, ctx: CallContext) => AsyncIterable<PageInput>>();
  implement(Defined, {
    ...some<All>(),
    list: async (prefix, limit) => ({ lines: [{ sku: prefix.repeat(limit) }] }),
    walk: async function* (limit = 5) {
      yield { lines: [{ sku: "a", qty: limit }] };
    },
  });
  // @ts-expect-error a result without what has no default
  implement(Defined, { ...some<All>(), list: async () => ({ next: "a" }) });
}

/** A method of a class says of each parameter what callers give or what handlers get. */
@service("types.DecoratedPages")
export abstract class Pages {
  @rpc({ params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))], returns: Page })
  list(prefix: string, limit?: number): Promise<Page> {
    return unimplemented(prefix, limit);
  }

  @rpc({ params: [arg("prefix", t.string), arg("limit", t.optional(t.int32))] })
  optional(prefix: string, limit?: number): Promise<void> {
    return unimplemented(prefix, limit);
  }

  @rpc({ params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))] })
  required(prefix: string, limit: number): Promise<void> {
    return unimplemented(prefix, limit);
  }

  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  mayBeUndefined(limit: number | undefined): Promise<void> {
    return unimplemented(limit);
  }

  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  ofItsOwn(limit = 10): Promise<void> {
    return unimplemented(limit);
  }

  @rpc({ params: [arg("line", Line), arg("more", t.list(Line))], returns: Page })
  inputs(line: LineInput, more: LineInput[]): Promise<Page> {
    return unimplemented(line, more);
  }

  @rpc({ params: [arg("line", Line), arg("more", t.list(Line))], returns: Page })
  outputs(line: Line, more: LineInput[]): Promise<PageInput> {
    return unimplemented(line, more);
  }

  @rpc({ params: [t.callback([Line, t.optional(t.string)])] })
  report(each: (line: LineInput, note?: string) => Promise<void>): Promise<void> {
    return unimplemented(each);
  }

  @rpc({ params: [t.callback([Line, t.default(t.int32, 1), t.optional(t.string)], Page)] })
  callback(each: (line: Line, n: number, note?: string) => Promise<Page>): Promise<void> {
    return unimplemented(each);
  }

  @rpc({ params: [t.callback([Line], Page)] })
  readBack(each: (line: Line) => Promise<PageInput>): Promise<void> {
    return unimplemented(each);
  }

  @oneway({ params: [arg("line", t.optional(t.string))] })
  audit(line?: string): void {
    unimplemented(line);
  }

  @stream({ params: [arg("since", t.default(t.int64, 0n))], yields: Line })
  watch(since?: bigint): AsyncIterable<Line> {
    return unimplemented(since);
  }

  @topic(Line)
  get changed(): Topic<Line, LineInput> {
    return unimplemented();
  }

  @topic(Line)
  get kept(): Topic<Line> {
    return unimplemented();
  }
}

export const takesClasses: ContractClass = Pages;

export class PagesImpl extends Pages {
  override async list(prefix: string, limit = 10, ctx?: CallContext): Promise<Page> {
    await this.changed.publish({ sku: prefix });
    return { lines: [], next: `${limit} ${ctx?.method}` };
  }
  override async optional(_prefix: string, limit?: number): Promise<void> {
    same<typeof limit, number | undefined>();
  }
  override async inputs(line: Line, more: Line[]): Promise<Page> {
    return { lines: [line, ...more], next: "" };
  }
  override async *watch(since: bigint): AsyncGenerator<Line> {
    yield { sku: "a", qty: Number(since) };
  }
}

export async function callersOfClasses(client: Client<typeof Pages>): Promise<void> {
  same<typeof client.list, UnaryMethod<[prefix: string, limit?: number], Page>>();
  same<typeof client.required, UnaryMethod<[prefix: string, limit: number], void>>();
  same<typeof client.watch, StreamMethod<[since?: bigint], Line>>();
  same<typeof client.changed, Topic<Line, LineInput>>();
  await client.list("x");
  await client.inputs({ sku: "a" }, [{ sku: "b" }]);
  // @ts-expect-error the signature of the class asks for it
  await client.required("x");
}

export abstract class Wrong {
  // @ts-expect-error a parameter that must be given
  @rpc({ params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))] })
  first(prefix?: string, limit?: number): Promise<void> {
    return unimplemented(prefix, limit);
  }

  // @ts-expect-error another type
  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  other(limit?: string): Promise<void> {
    return unimplemented(limit);
  }

  // @ts-expect-error null is not undefined
  @rpc({ params: [arg("limit", t.optional(t.int32))] })
  nothing(limit?: number | null): Promise<void> {
    return unimplemented(limit);
  }

  // @ts-expect-error an optional parameter must say undefined
  @rpc({ params: [arg("limit", t.optional(t.int32))] })
  absent(limit: number): Promise<void> {
    return unimplemented(limit);
  }

  // @ts-expect-error one parameter less
  @rpc({ params: [arg("prefix", t.string), arg("limit", t.default(t.int32, 10))] })
  fewer(prefix: string): Promise<void> {
    return unimplemented(prefix);
  }

  // @ts-expect-error one parameter more
  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  more(limit?: number, times?: number): Promise<void> {
    return unimplemented(limit, times);
  }

  // @ts-expect-error any number of them
  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  rest(...limits: number[]): Promise<void> {
    return unimplemented(limits);
  }

  // @ts-expect-error any
  @rpc({ params: [arg("limit", t.default(t.int32, 10))] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(limit?: any): Promise<void> {
    return unimplemented(limit);
  }

  // @ts-expect-error a struct with one of its defaults left out and another not
  @rpc({ params: [arg("page", Page)] })
  mixed(page: { lines: Line[]; next?: string | undefined }): Promise<void> {
    return unimplemented(page);
  }

  // @ts-expect-error a result that may be absent
  @rpc({ returns: Line })
  result(): Promise<LineInput | undefined> {
    return unimplemented();
  }

  // @ts-expect-error a callback of which nobody may leave out the first
  @rpc({ params: [t.callback([t.int32, t.optional(t.string)])] })
  callback(each: (percent?: number, note?: string) => Promise<void>): Promise<void> {
    return unimplemented(each);
  }

  // @ts-expect-error a callback with another result
  @rpc({ params: [t.callback([Line], Page)] })
  callbackResult(each: (line: LineInput) => Promise<Line>): Promise<void> {
    return unimplemented(each);
  }

  // @ts-expect-error a callback of any
  @rpc({ params: [t.callback([Line], Page)] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  callbackAny(each: any): Promise<void> {
    return unimplemented(each);
  }

  // @ts-expect-error a topic of what a publisher may give alone
  @topic(Line)
  get topic(): Topic<LineInput> {
    return unimplemented();
  }
}

const OfZod = z.object({
  sku: z.string(),
  qty: z.int32().default(1),
  tags: z.array(z.object({ key: z.string(), weight: z.number().default(0) })),
  at: z.bigint().default(0n),
  note: z.string().optional(),
});

export function schemas(): void {
  same<Infer<typeof OfZod>, z.output<typeof OfZod>>();
  same<
    InferInput<typeof OfZod>,
    {
      sku: string;
      qty?: number | undefined;
      tags: { key: string; weight?: number | undefined }[];
      // A default that JSON Schema cannot say does not travel.
      at: bigint;
      note?: string | undefined;
    }
  >();
  const Cart = t.struct("types.Cart", { items: t.list(typeOf(OfZod)) });
  const cart: InferInput<typeof Cart> = { items: [{ sku: "a", tags: [{ key: "b" }], at: 0n }] };
  void cart;
  const Service = defineService(
    "types.Zod",
    {},
    { add: rpc({ params: [OfZod, z.string().default("a"), z.int().optional()], returns: OfZod }) },
  );
  const client = some<Client<typeof Service>>();
  same<
    typeof client.add,
    UnaryMethod<[InferInput<typeof OfZod>, (string | undefined)?, (number | undefined)?], Infer<typeof OfZod>>
  >();
  implement(Service, {
    add: async (item, name, size) => {
      same<typeof item, z.output<typeof OfZod>>();
      same<typeof name, string>();
      same<typeof size, number | undefined>();
      return { ...item, qty: undefined };
    },
  });
}
