/** What a program sees of the runtime. */
export const globals: ReadonlyMap<string, unknown> = new Map<string, unknown>(
  Object.entries({
    undefined,
    null: null,
    true: true,
    false: false,
    NaN: Number.NaN,
    Infinity: Number.POSITIVE_INFINITY,
    Array,
    BigInt,
    Date,
    Map,
    Math,
    Number,
    Object,
    String,
    Uint8Array,
  }),
);
