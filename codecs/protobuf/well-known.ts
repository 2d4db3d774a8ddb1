const PACKAGE = "google.protobuf.";
/** The files of Protobuf's own types, which every compiler brings along. */
const files: Readonly<Record<string, readonly string[]>> = {
  any: ["Any"],
  duration: ["Duration"],
  empty: ["Empty"],
  field_mask: ["FieldMask"],
  struct: ["ListValue", "NullValue", "Struct", "Value"],
  timestamp: ["Timestamp"],
  wrappers: [
    ...["BoolValue", "BytesValue", "DoubleValue", "FloatValue", "Int32Value"],
    ...["Int64Value", "StringValue", "UInt32Value", "UInt64Value"],
  ],
};

/** True for `google.protobuf.Empty`: it is imported, not declared again. */
export function isWellKnown(name: string): boolean {
  return fileOf(name) !== undefined;
}

/** The files that one with such names imports. */
export function filesOf(names: readonly string[]): string[] {
  const used = new Set(names.map(fileOf).filter((file) => file !== undefined));
  return [...used].sort().map((file) => `google/protobuf/${file}.proto`);
}

function fileOf(name: string): string | undefined {
  if (!name.startsWith(PACKAGE)) return undefined;
  return Object.keys(files).find((file) => files[file]?.includes(name.slice(PACKAGE.length)));
}
