import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { order } from "../rpc/order.ts";
import { Order } from "../rpc/order-type.ts";

/** A value and its type. */
export interface Payload {
  readonly name: string;
  /** For the report: what it is. */
  readonly about: string;
  readonly type: StructType;
  readonly value: unknown;
}

/** The order with an id of 64 bits: a bigint on every side, because it slows any codec. */
const orderBigint: Payload = {
  name: "order-bigint",
  about: "the order with a bigint as its id",
  type: t.struct("bench.LongOrder", {
    id: t.int64,
    ...Object.fromEntries(Order.fields.slice(1).map(({ name, type }) => [name, type])),
  }),
  value: { ...order, id: BigInt(order.id) },
};

const Size = t.struct("bench.Size", { width: t.float64, height: t.float64, depth: t.float64 });
const Product = t.struct("bench.Product", {
  sku: t.string,
  title: t.string,
  price: t.float64,
  stock: t.int32,
  onSale: t.bool,
  size: Size,
  tags: t.list(t.string),
});
const tags = ["kitchen", "garden", "office", "gift", "new", "outdoor", "spare part"];
const nouns = ["Kettle", "Lamp", "Chair", "Trowel", "Notebook", "Toaster", "Rain coat", "Shelf"];
const catalogue: Payload = {
  name: "catalogue",
  about: "100 products, each with a nested size and a list of tags",
  type: t.struct("bench.Catalogue", { name: t.string, revision: t.int32, products: t.list(Product) }),
  value: {
    name: "Spring",
    revision: 41,
    products: Array.from({ length: 100 }, (_, i) => ({
      sku: `TL-${1000 + i * 7}`,
      title: `${nouns[i % nouns.length]} no. ${i + 1}`,
      price: (((i * 379) % 9000) + 99) / 100,
      stock: (i * 53) % 1200,
      onSale: i % 3 === 0,
      size: { width: (i * 13) % 90, height: ((i * 29) % 700) / 10, depth: 4.5 },
      tags: tags.slice(i % 4, (i % 4) + (i % 3) + 1),
    })),
  },
};

const numbers: Payload = {
  name: "numbers",
  about: "500 floats with three decimals and 500 integers",
  type: t.struct("bench.Series", { sensor: t.string, values: t.list(t.float64), counts: t.list(t.int32) }),
  value: {
    sensor: "t-17",
    values: Array.from({ length: 500 }, (_, i) => Math.round(Math.sin(i / 9) * 40_000 + i) / 1000),
    counts: Array.from({ length: 500 }, (_, i) => (i * 2_654_435) % 100_003),
  },
};

const Article = t.struct("bench.Article", { title: t.string, body: t.string });
const sentence = 'She opened the letter, read "come at once", and ran down the stairs to the harbour.\n';
const text: Payload = {
  name: "text",
  about: "a text of 10,000 characters, all of them ASCII",
  type: Article,
  value: { title: "The letter", body: sentence.repeat(120).slice(0, 10_000) },
};

const mixed =
  "Zoë öffnete den Brief, las „komm sofort“ – und lief die Treppe hinunter zum Hafen 🚢. 港に船が着いた。\n";
const textUnicode: Payload = {
  name: "text-unicode",
  about: "a text of 10,000 characters of several scripts",
  type: Article,
  value: { title: "Der Brief", body: mixed.repeat(110).slice(0, mixed.length * Math.floor(10_000 / mixed.length)) },
};

export const payloads: readonly Payload[] = [
  {
    name: "order",
    about: "the order of `npm run bench -- rpc`: 229 bytes as JSON, no bigint",
    type: Order,
    value: order,
  },
  orderBigint,
  catalogue,
  numbers,
  text,
  textUnicode,
];
