const field = (type: string, id: number) => ({ type, id });

/** The messages of `order.ts`, as protobufjs' JSON has them. */
export const orderMessages = {
  Item: { fields: { sku: field("string", 1), qty: field("int32", 2), price: field("double", 3) } },
  Order: {
    fields: {
      id: field("int64", 1),
      customer: field("string", 2),
      currency: field("string", 3),
      express: field("bool", 4),
      items: { rule: "repeated", type: "Item", id: 5 },
      note: field("string", 6),
    },
  },
};
const echo = { requestType: "Order", responseType: "Order", comment: "" };

/** A service that gives an order back. */
export const echoProto = { nested: { ...orderMessages, Echo: { methods: { echo } } } };
