/** The major types of RFC 8949, section 3.1. */
export const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const;

/** Section 3.3: values without content. */
export const simple = { false: 20, true: 21, null: 22, undefined: 23 } as const;

export const FLOAT16 = 25;
export const FLOAT32 = 26;
export const FLOAT64 = 27;

/** Section 3.4.2: seconds since 1970. */
export const TAG_EPOCH = 1;
/** Section 3.2: a length that is not known, ended by a "break". */
export const INDEFINITE = 31;
