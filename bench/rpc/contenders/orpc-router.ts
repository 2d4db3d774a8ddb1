import { os, type } from "@orpc/server";
import type { Order } from "../order.ts";

/** What both of oRPC's contenders serve. */
export const router = {
  echo: os.input(type<Order>()).handler(async ({ input }) => input),
};
