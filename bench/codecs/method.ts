/** Printed above the results. */
export const method = `\
Every contender turns the same value into bytes and back. Times are nanoseconds for one value, end to end: from the
value to a \`Uint8Array\` that later calls leave alone, and from a \`Uint8Array\` to the value. They are CPU time of the
process, user and system, its garbage collection and compilation included, so that other processes cost little. Before
anything is timed the round trip is checked, member by member; who loses something is not timed, and what was lost is
told below the tables.

Each contender and value has a process of its own, pinned to one CPU, so that no other library's code and no other
value's shape is in it. All processes of a value are up together and take turns: each round runs every contender, first
encoding, then decoding, beginning with another one each time, so that drift of the machine hits all; the figures are
medians over the rounds. Spread is the distance between the fastest and the slowest round, as a share of the median.
Allocation is what the heap and the memory of buffers grow by in one call, between two collections: the mean of 16
samples. gzip is zlib's, at its default level. "× JSON" is the time in times of \`builtin-json\`; below 1 is faster.

The value has the same types for all: where ours has a bigint, every contender gets and gives a bigint. \`t.int53\` is a
number for all. What a library wants in another form is converted by compiled straight-line code, within the time, as a
caller who holds the value must; nothing is converted, nor copied, where the library takes the value as it is.

- \`trunkline-…\`: the codecs with their defaults, every value validated on both sides. Small messages are handed out as
  parts of a slab, as msgpackr and Node's pool do; those of 4 KiB and more are copied.
- \`trunkline-hessian2-java\`: decoding of a message whose class definitions list the fields in Java's order, not ours.
- \`builtin-json\`: \`JSON.stringify\` and TextEncoder, TextDecoder and \`JSON.parse\`; a bigint travels as text, as by
  ProtoJSON. \`builtin-json-buffer\`: with \`Buffer\` in place of both. \`fast-json-stringify\`: with a schema made of the type,
  and \`JSON.parse\`.
- \`msgpackr\`, \`cbor-x\`: with shared structures, which both sides know already: no message carries a field name; with
  their native addons for strings.
- \`protobufjs\`: code of its static target, made by its own tool from the contract's .proto file. Without 64-bit integers
  in the type it runs without \`Long\`, as numbers; with them, by \`Long.fromBigInt\` and \`toBigInt\`.
- \`protobuf-es\`: \`create\` and \`toBinary\`, \`fromBinary\`. Its 64-bit integers are always bigints, so that a \`t.int53\` is
  converted. \`protobuf-es-messages\`: the same for a caller who holds its messages: making one of a plain object and
  reading one is not timed.
- \`avsc\`: its own type, from the schema that \`avroSchema\` prints. Its longs are numbers, or bigints by a long type as its
  documentation shows where the type has a \`t.int64\`.
- \`hessian-js\`: Hessian 2.0; the objects with their Java class names that it wants are made before the clock starts.
- \`v8-serialize\`: \`v8.serialize\` and \`v8.deserialize\`.`;
