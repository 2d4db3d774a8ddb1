import { t } from "../../core/schema/t.ts";
import type { Infer } from "../../core/type/type.ts";

const Item = t.struct("bench.Item", { sku: t.string, qty: t.int32, price: t.float64 });

/** The type of `order.ts`; apart from it, so that only those who need it load the type model. */
export const Order = t.struct("bench.Order", {
  id: t.int53,
  customer: t.string,
  currency: t.string,
  express: t.bool,
  items: t.list(Item),
  note: t.string,
});
export type Order = Infer<typeof Order>;
