import { expect } from "chai";
import fc from "fast-check";
import { avro } from "../../codecs/avro/index.ts";
import { compileReader as avroReader } from "../../codecs/avro/reader.ts";
import { Converters } from "../../codecs/hessian2/converter.ts";
import { Forms } from "../../codecs/hessian2/forms.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { NameCache } from "../../codecs/hessian2/name-cache.ts";
import { compileReader as hessianReader } from "../../codecs/hessian2/reader.ts";
import { Reading } from "../../codecs/hessian2/reading.ts";
import { json } from "../../codecs/json/index.ts";
import { compileParser } from "../../codecs/json/parser.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { compileReader as msgpackReader } from "../../codecs/msgpack/reader.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import { compileReader as protobufReader } from "../../codecs/protobuf/reader.ts";
import { type Codec, defaultCodecLimits } from "../../core/codec.ts";
import { cursorOf } from "../../core/compile/cursor.ts";
import { Shape } from "../../core/compile/source.ts";
import { t } from "../../core/schema/t.ts";
import type { StructType } from "../../core/type/type.ts";
import { typeAndValue, typedAndValue } from "./arbitrary.ts";
import { encode } from "./coding.ts";

const MEMORY = 1e9;
const DEPTH = 64;

/** The compiled reader of a codec alone, without the exact one behind it. */
type Compiled = (type: StructType, bytes: Uint8Array) => unknown;

const compiled: readonly [Codec, Compiled][] = [
  [
    json(),
    (type, bytes) => {
      const parse = compileParser(type, new Shape());
      // What JSON.parse reads from the outset: untyped, recursive and large types.
      return parse === undefined ? undefined : parse(bytes, 0, bytes.length, MEMORY);
    },
  ],
  [
    msgpack(),
    (type, bytes) => {
      const otherForm = () => () => expect.fail("left to another reader");
      return msgpackReader(type, { shape: new Shape(), otherForm })(
        { b: bytes, p: 0, s: 0, e: bytes.length, n: MEMORY },
        DEPTH,
      );
    },
  ],
  [
    protobuf(),
    (type, bytes) => protobufReader(type, new Shape())(cursorOf(bytes, 0, bytes.length, MEMORY), DEPTH, bytes.length),
  ],
  [avro(), (type, bytes) => avroReader(type, new Shape())(cursorOf(bytes, 0, bytes.length, MEMORY), DEPTH)],
  [
    hessian2(),
    (type, bytes) => {
      const [forms, converters] = [new Forms(), new Converters()];
      const options = { limits: defaultCodecLimits, exact: false, cycles: true, names: new Map() };
      const reading = new Reading(bytes, 0, bytes.length, { ...options, nameCache: new NameCache() });
      return hessianReader(type, { shape: new Shape(), forms, converters })(reading, DEPTH);
    },
  ],
];

/** Bytes of which the first look at one fails by `error`, as a fault in a reader does. */
function faulty(bytes: Uint8Array, error: Error): Uint8Array {
  let failed = false;
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key) && !failed) {
        failed = true;
        throw error;
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

for (const [codec, read] of compiled) {
  describe(`codec ${codec.name}: the compiled reader`, () => {
    it("leaves nothing that our own writer wrote to a slower one", () => {
      fc.assert(
        fc.property(codec.selfDescribing ? typeAndValue : typedAndValue, ({ type, value }) => {
          const found = read(type, encode(codec, type, value));
          if (found !== undefined) expect(found).to.deep.equal(value);
        }),
        { numRuns: 200 },
      );
    });

    it("does not hide a fault of its own behind a slower one", () => {
      const Small = t.struct("test.Small", { id: t.int32 }) as StructType;
      const bytes = encode(codec, Small, { id: 5 });
      const { decode } = codec.compile(Small, Small);
      expect(decode(bytes, 0, bytes.length)).to.deep.equal({ id: 5 });
      const bug = new TypeError("a fault");
      expect(() => decode(faulty(bytes, bug), 0, bytes.length)).to.throw(bug);
    });
  });
}
