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
  ],
  note: "",
};
