import { strictEqual } from "node:assert";

/** The payload of every contender: the same value types for all, and no bigint, which alone slows any codec. */
export interface Item {
  sku: string;
  qty: number;
  price: number;
}

export interface Order {
  id: number;
  customer: string;
  currency: string;
  express: boolean;
  items: Item[];
  note: string;
}

export const order: Order = {
  id: 4503599627370497,
  customer: "Ada Lovelace",
  currency: "EUR",
  express: true,
  items: [
    { sku: "TL-4711", qty: 3, price: 19.99 },
    { sku: "TL-0815", qty: 12, price: 4.5 },
    { sku: "TL-1729", qty: 1, price: 249 },
  ],
  note: "ring please",
};

strictEqual(JSON.stringify(order).length, 229, "the order is 229 bytes as JSON");

/** For the transport alone: 150 bytes that no codec looks into. */
export const opaque: Uint8Array = Uint8Array.from({ length: 150 }, (_, index) => (index * 167) & 0xff);
