import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import {
  arg,
  type Client,
  defineService,
  type Infer,
  implement,
  oneway,
  rpc,
  stream,
  type Topic,
  t,
  topic,
  typeOf,
  unimplemented,
} from "trunkline";
import { type Static, Type } from "typebox";
import * as v from "valibot";
import * as z from "zod";
import { same, some } from "./exact.ts";

/** What every schema below describes. */
interface Order {
  id: bigint;
  color: "red" | "green";
  items: { sku: string; qty: number }[];
  note?: string | undefined;
}
type ExactOrder = Omit<Order, "note"> & { note?: string };
type Flat<T> = { [K in keyof T]: T[K] };

const OfZod = z.object({
  id: z.bigint(),
  color: z.enum(["red", "green"]),
  items: z.array(z.object({ sku: z.string(), qty: z.int32() })),
  note: z.string().optional(),
});
const OfArk = type({
  id: "bigint",
  color: "'red' | 'green'",
  items: type({ sku: "string", qty: "number.integer" }).array(),
  "note?": "string",
});
const OfValibot = toStandardJsonSchema(
  v.object({
    id: v.bigint(),
    color: v.picklist(["red", "green"]),
    items: v.array(v.object({ sku: v.string(), qty: v.number() })),
    note: v.optional(v.string()),
  }),
);
const OfTypeBox = Type.Object({
  id: Type.BigInt(),
  color: Type.Union([Type.Literal("red"), Type.Literal("green")]),
  items: Type.Array(Type.Object({ sku: Type.String(), qty: Type.Integer() })),
  note: Type.Optional(Type.String()),
});
const OfJson = {
  type: "object",
  properties: {
    id: { type: "bigint" },
    color: { enum: ["red", "green"] },
    items: {
      type: "array",
      items: {
        type: "object",
        properties: { sku: { type: "string" }, qty: { type: "integer" } },
        required: ["sku", "qty"],
      },
    },
    note: { type: "string" },
  },
  required: ["id", "color", "items"],
} as const;

export function infersWhatTheSchemaGivesOut(): void {
  same<Flat<Infer<typeof OfZod>>, Flat<Order>>();
  same<Infer<typeof OfZod>, z.infer<typeof OfZod>>();
  same<Infer<typeof OfArk>, typeof OfArk.infer>();
  same<Flat<Infer<typeof OfValibot>>, Flat<Order>>();
  same<Infer<typeof OfTypeBox>, Static<typeof OfTypeBox>>();
  same<Infer<typeof OfTypeBox>, Flat<ExactOrder>>();
  same<Infer<typeof OfJson>, Flat<ExactOrder>>();
}

const Cyclic = Type.Cyclic(
  { Tree: Type.Object({ label: Type.String(), children: Type.Array(Type.Ref("Tree")) }) },
  "Tree",
);

export function infersTheOtherWordsOfTypeBox(): void {
  const tuple = Type.Tuple([Type.String(), Type.Number()]);
  const record = Type.Record(Type.String(), Type.Boolean());
  const both = Type.Intersect([Type.Object({ a: Type.Null() }), Type.Object({ b: Type.Enum(["x", "y"]) })]);
  same<Infer<typeof tuple>, [string, number]>();
  same<Infer<typeof record>, Record<string, boolean>>();
  same<Infer<typeof both>, { a: null; b: "x" | "y" }>();
  same<Infer<typeof Cyclic>["children"][number]["label"], string>();
}

const sku = { type: "object", properties: { sku: { type: "string" } }, required: ["sku"] } as const;
const Document = {
  type: "object",
  properties: { one: { $ref: "#/$defs/Item" }, more: { type: "array", items: { $ref: "#/$defs/Item" } } },
  required: ["one"],
  $defs: { Item: sku },
} as const;
const Draft7 = {
  type: "object",
  properties: { one: { $ref: "#/definitions/Item" } },
  required: ["one"],
  definitions: { Item: sku },
} as const;
const Beside = {
  ...sku,
  allOf: [{ type: "object", properties: { qty: { type: "number" } }, required: ["qty"] }],
} as const;
const Recursive = {
  type: "object",
  properties: { kids: { type: "array", items: { $ref: "#" } } },
  required: ["kids"],
} as const;

export function infersTheReferencesOfADocument(): void {
  interface Item {
    sku: string;
  }
  same<Infer<typeof Document>, Flat<{ one: Flat<Item>; more?: Flat<Item>[] }>>();
  same<Infer<typeof Draft7>, { one: Flat<Item> }>();
  same<Infer<typeof Beside>, { sku: string; qty: number }>();
  same<Infer<typeof Recursive>["kids"][number]["kids"][number]["kids"], Infer<typeof Recursive>["kids"]>();
  // @ts-expect-error a kid is no number
  const wrong: Infer<typeof Recursive> = { kids: [{ kids: [5] }] };
  void wrong;
}

export abstract class Right {
  @rpc({ params: [arg("order", OfZod)], returns: OfZod })
  zod(order: z.infer<typeof OfZod>): Promise<z.infer<typeof OfZod>> {
    return unimplemented(order);
  }

  @rpc({ params: [OfArk, arg("second", OfTypeBox)], returns: OfArk })
  mixed(first: typeof OfArk.infer, second: Static<typeof OfTypeBox>): Promise<typeof OfArk.infer> {
    return unimplemented(first, second);
  }

  @oneway({ params: [OfValibot] })
  valibot(order: Infer<typeof OfValibot>): void {
    unimplemented(order);
  }

  @rpc({ params: [z.string().optional()], returns: z.number().optional() })
  absent(note: string | undefined): Promise<number | undefined> {
    return unimplemented(note);
  }

  @stream({ params: [t.stream(OfZod)], yields: OfJson })
  both(orders: AsyncIterable<z.infer<typeof OfZod>>): AsyncIterable<Infer<typeof OfJson>> {
    return unimplemented(orders);
  }

  @rpc({ params: [t.callback([OfZod, arg("left", z.int())], OfArk)] })
  callback(done: (order: z.infer<typeof OfZod>, left: number) => Promise<typeof OfArk.infer>): Promise<void> {
    return unimplemented(done);
  }

  @topic(OfZod)
  get placed(): Topic<z.infer<typeof OfZod>> {
    return unimplemented();
  }
}

export abstract class Wrong {
  // @ts-expect-error another parameter
  @rpc({ params: [arg("order", OfZod)], returns: t.int64 })
  other(order: { id: bigint }): Promise<bigint> {
    return unimplemented(order);
  }

  // @ts-expect-error another result
  @rpc({ returns: OfZod })
  result(): Promise<string> {
    return unimplemented();
  }

  // @ts-expect-error a parameter of type any
  @rpc({ params: [OfTypeBox] })
  // biome-ignore lint/suspicious/noExplicitAny: the wrong case itself
  any(order: any): Promise<void> {
    return unimplemented(order);
  }

  // @ts-expect-error a schema that takes text and gives a number
  @rpc({ params: [z.string().transform(Number)] })
  transforms(n: number): Promise<void> {
    return unimplemented(n);
  }

  // @ts-expect-error another topic
  @topic(OfArk)
  get placed(): Topic<string> {
    return unimplemented();
  }
}

export function schemasInsideOfTypes(): void {
  const Cart = t.struct("shop.Cart", { orders: t.list(typeOf(OfZod)), note: t.optional(typeOf(z.email())) });
  same<Infer<typeof Cart>, { orders: z.infer<typeof OfZod>[]; note?: string | undefined }>();
  // @ts-expect-error a schema stands in a type of `t` through typeOf
  t.list(OfZod);
  // @ts-expect-error Valibot says JSON Schema through toStandardJsonSchema
  rpc({ params: [v.object({ a: v.string() })] });
}

export function clientsOfDefinedServices(): void {
  const Orders = defineService("shop.Orders", {}, { place: rpc({ params: [OfZod], returns: z.bigint() }) });
  implement(Orders, { place: async (order) => order.id });
  // @ts-expect-error a handler that returns something else
  implement(Orders, { place: async (order) => order.color });
  const client = some<Client<typeof Orders>>();
  same<Parameters<typeof client.place>[0], z.infer<typeof OfZod>>();
}
