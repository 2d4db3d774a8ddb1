// Of `trunkline/web`, so that page and server can share it: the page needs what is smaller, to the server it is the same.
import { arg, defineService, type Infer, rpc, stream, t, topic } from "../../web.ts";

export const Order = t.struct("web.Order", {
  id: t.int64,
  customer: t.string,
  sku: t.string,
  quantity: t.int32,
  placedAt: t.timestamp,
});
export type Order = Infer<typeof Order>;

export const OutOfStock = t.error("web.OutOfStock", { sku: t.string, left: t.int32 });

export const Line = t.struct("web.Line", { from: t.string, text: t.string });
export type Line = Infer<typeof Line>;

/** Orders placed and watched, and a chat in rooms: the key of a line is its room. */
export const Shop = defineService(
  "web.Shop",
  { version: "1.0.0" },
  {
    place: rpc({
      params: [arg("customer", t.string), arg("sku", t.string), arg("quantity", t.int32)],
      returns: Order,
      throws: [OutOfStock],
    }),
    /** The orders so far, and then each as it is placed. */
    watch: stream({ yields: Order }),
    chat: topic(Line),
  },
);
