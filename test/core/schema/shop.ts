import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { scope } from "arktype";
import { Type } from "typebox";
import * as v from "valibot";
import * as z from "zod";
import type { Schema } from "../../../core/type/schema.ts";
import { t } from "../../../index.ts";

/** The order that every library describes; it holds orders itself, and its mail is refined. */
export interface Order {
  id: bigint;
  at: Date;
  mail: string;
  color: "red" | "green";
  items: { sku: string; qty: number; price: number }[];
  labels: Record<string, string>;
  raw: Uint8Array;
  parts: Order[];
  note?: string | undefined;
}

const Item = t.struct("shop.Item", { sku: t.string, qty: t.int32, price: t.float64 });
/** The same as a type of `t`. */
export const OrderType = t.struct("shop.Order", {
  id: t.int64,
  at: t.timestamp,
  mail: t.string,
  color: t.enums("shop.Color", ["red", "green"]),
  items: t.list(Item),
  labels: t.map(t.string),
  raw: t.bytes,
  get parts() {
    return t.list(OrderType);
  },
  note: t.optional(t.string),
});

export const ZodOrder = z
  .object({
    id: z.bigint(),
    at: z.date(),
    mail: z.email(),
    color: z.enum(["red", "green"]).meta({ title: "shop.Color" }),
    items: z.array(z.object({ sku: z.string(), qty: z.int32().min(1), price: z.number() }).meta({ id: "shop.Item" })),
    labels: z.record(z.string(), z.string()),
    raw: z.instanceof(Uint8Array),
    get parts() {
      return z.array(ZodOrder);
    },
    note: z.string().optional(),
  })
  .meta({ id: "shop.Order" });

const ark = scope({
  order: {
    id: "bigint",
    at: "Date",
    mail: "string.email",
    color: "'red' | 'green'",
    items: "item[]",
    labels: "Record<string, string>",
    raw: "TypedArray.Uint8",
    parts: "order[]",
    "note?": "string",
  },
  item: { sku: "string", qty: "1 <= number.integer <= 2147483647", price: "number" },
}).export();

const ValibotItem = v.pipe(
  v.object({
    sku: v.string(),
    qty: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)),
    price: v.number(),
  }),
  v.title("shop.Item"),
);
const valibotOrder: v.GenericSchema<Order> = v.pipe(
  v.object({
    id: v.bigint(),
    at: v.date(),
    mail: v.pipe(v.string(), v.email()),
    color: v.pipe(v.picklist(["red", "green"]), v.title("shop.Color")),
    items: v.array(ValibotItem),
    labels: v.record(v.string(), v.string()),
    raw: v.instance(Uint8Array),
    parts: v.array(v.lazy(() => valibotOrder)),
    note: v.optional(v.string()),
  }),
  v.title("shop.Order"),
);

const TypeBoxOrder = Type.Cyclic(
  {
    "shop.Order": Type.Object({
      id: Type.BigInt(),
      at: Type.Unsafe<Date>({ type: "Date" }),
      mail: Type.String({ format: "email" }),
      color: Type.Enum(["red", "green"], { title: "shop.Color" }),
      items: Type.Array(
        Type.Object(
          { sku: Type.String(), qty: Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }), price: Type.Number() },
          { title: "shop.Item" },
        ),
      ),
      labels: Type.Record(Type.String(), Type.String()),
      raw: Type.Unsafe<Uint8Array>({ type: "Uint8Array" }),
      parts: Type.Array(Type.Ref("shop.Order")),
      note: Type.Optional(Type.String()),
    }),
  },
  "shop.Order",
);

/** ArkType sorts the members of objects and enums, so that its numbers differ from those of the others. */
export const libraries: readonly { readonly name: string; readonly order: Schema; readonly sorted: boolean }[] = [
  { name: "zod", order: ZodOrder, sorted: false },
  { name: "arktype", order: ark.order, sorted: true },
  { name: "valibot", order: toStandardJsonSchema(valibotOrder), sorted: false },
  { name: "typebox", order: TypeBoxOrder, sorted: false },
];

export function anOrder(changes: Partial<Order> = {}): Order {
  return {
    id: 2n ** 60n,
    at: new Date("2024-02-29T12:00:00.123Z"),
    mail: "ada@example.com",
    color: "green",
    items: [{ sku: "kettle", qty: 2, price: 24.5 }],
    labels: { size: "xl" },
    raw: Uint8Array.of(1, 2, 255),
    parts: [],
    ...changes,
  };
}
