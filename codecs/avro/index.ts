export { avro } from "./codec.ts";
export { avroFingerprint } from "./fingerprint.ts";
export { type AvroProtocol, avroProtocol } from "./protocol.ts";
export { type AvroSchema, avroSchema } from "./schema.ts";
export { type SingleObjectOptions, type SingleObjects, singleObjects } from "./single-object.ts";
