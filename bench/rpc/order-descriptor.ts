import { createFileRegistry, type DescMessage, type DescMethodUnary, fromJson } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

const field = (name: string, number: number, type: string, more = {}) => ({
  name,
  jsonName: name,
  number,
  type: `TYPE_${type}`,
  ...more,
});

/**
 * The messages of `order.ts`, as generated code of Protobuf-ES embeds them; the number is a double, since an int64 would be a
 * bigint, and text in JSON.
 */
const file = fromJson(FileDescriptorProtoSchema, {
  name: "order.proto",
  package: "bench",
  syntax: "proto3",
  messageType: [
    { name: "Item", field: [field("sku", 1, "STRING"), field("qty", 2, "INT32"), field("price", 3, "DOUBLE")] },
    {
      name: "Order",
      field: [
        field("id", 1, "DOUBLE"),
        field("customer", 2, "STRING"),
        field("currency", 3, "STRING"),
        field("express", 4, "BOOL"),
        field("items", 5, "MESSAGE", { typeName: ".bench.Item", label: "LABEL_REPEATED" }),
        field("note", 6, "STRING"),
      ],
    },
  ],
  service: [{ name: "Echo", method: [{ name: "Echo", inputType: ".bench.Order", outputType: ".bench.Order" }] }],
});

/** The method of a service that gives an order back. */
export const echo = createFileRegistry(file, () => undefined).getService("bench.Echo")?.methods[0] as DescMethodUnary<
  DescMessage,
  DescMessage
>;
