import { arg, type Infer, rpc, service, t, typeOf, unimplemented } from "trunkline";
import { same, some } from "./exact.ts";

const Order = {
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "long" },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 16 } },
    { name: "color", type: { type: "enum", name: "other.Color", symbols: ["RED", "GREEN"] } },
    { name: "colors", type: { type: "map", values: "other.Color" } },
    { name: "note", type: ["null", "string"], default: null },
    { name: "last", type: ["Hash", "null"] },
    { name: "filled", type: ["string", "null"], default: "x" },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 10, scale: 2 } },
    { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "ratio", type: "double", default: 1 },
    { name: "either", type: ["int", "string", { type: "array", items: "boolean" }] },
    {
      name: "maybe",
      type: ["null", "int", { type: "record", name: "Card", fields: [{ name: "no", type: "string" }] }],
    },
    { name: "same", type: ["Card", { type: "record", name: "old.Card", fields: [] }] },
    { name: "items", type: { type: "array", items: ["null", "float"] } },
    { name: "parent", type: ["null", "Order"] },
    { name: "wrapped", type: { type: { type: "boolean" } } },
  ],
} as const;
type Order = Infer<typeof Order>;

export function values(): void {
  same<Order["id"], bigint>();
  same<Order["hash"], Uint8Array>();
  same<Order["color"], "RED" | "GREEN">();
  same<Order["colors"], Record<string, "RED" | "GREEN">>();
  same<Order["note"], string | undefined>();
  same<Order["last"], Uint8Array | undefined>();
  same<Order["filled"], { kind: "string"; value: string } | { kind: "null"; value: Record<string, never> }>();
  same<Order["price"], string>();
  same<Order["at"], Date>();
  same<Order["day"], number>();
  same<Order["ratio"], number>();
  same<
    Order["either"],
    { kind: "int"; value: number } | { kind: "string"; value: string } | { kind: "array"; value: boolean[] }
  >();
  same<Order["maybe"], { kind: "int"; value: number } | { kind: "Card"; value: { no: string } } | undefined>();
  same<NonNullable<Order["same"]>["kind"], "shop_Card" | "old_Card">();
  same<Order["items"][number]["kind"], "null" | "float">();
  same<NonNullable<NonNullable<Order["parent"]>["parent"]>["id"], bigint>();
  same<Order["wrapped"], boolean>();
  // Only what may be absent may be left out.
  same<Pick<Order, "id" | "note">, { id: bigint; note?: string | undefined }>();
  // @ts-expect-error: no such color
  some<Order>().color = "BLUE";
}

export function loose(): void {
  // Not given `as const`: nothing is known of the values.
  const schema = { type: "record", name: "R", fields: [{ name: "a", type: "int" }] };
  same<Infer<typeof schema>, unknown>();
  const One = typeOf({ type: "map", values: "long" });
  same<Infer<typeof One>, Record<string, bigint>>();
  const Either = typeOf(["null", "long"]);
  same<Infer<typeof Either>["kind"], "null" | "long">();
}

@service("shop.Orders")
export abstract class Orders {
  @rpc({ params: [arg("order", Order), arg("many", t.list(typeOf(Order)))], returns: Order })
  place(order: Order, many: Order[]): Promise<Order> {
    return unimplemented(order, many);
  }

  // @ts-expect-error: it is a bigint
  @rpc({ params: [arg("id", { type: "long" })] })
  find(id: number): Promise<void> {
    return unimplemented(id);
  }
}
