import { arg, defineService, rpc, t } from "../../../../index.ts";
import { Item } from "../../../codecs/types.ts";
import { JavaOrder } from "../../../java/order.ts";

/** The interfaces of `test/java/shop`. */
export const OutOfStock = t.error("shop.OutOfStock", { sku: t.string });
export const Shop = defineService(
  "shop.Shop",
  {},
  {
    place: rpc({
      params: [arg("order", JavaOrder), arg("amount", t.int64), arg("note", t.optional(t.string))],
      returns: JavaOrder,
    }),
    add: rpc({ params: [arg("a", t.int32), arg("b", t.int32)], returns: t.int32 }),
    fail: rpc({ params: [arg("sku", t.string)], throws: [OutOfStock] }),
  },
);
/** A method for each overload of `of`, by one of the names that Java has for it. */
export const Overloads = defineService(
  "shop.Overloads",
  {},
  {
    of_int: rpc({ params: [arg("n", t.int32)], returns: t.string }),
    of_string: rpc({ params: [arg("text", t.string)], returns: t.string }),
    of__2: rpc({ params: [arg("n", t.int32), arg("text", t.string)], returns: t.string }),
    of_Item: rpc({ params: [arg("item", Item), arg("counts", t.list(t.int64))], returns: t.string }),
  },
);
