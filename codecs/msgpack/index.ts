import { type Codec, type CompiledCodec, defaultCodecLimits } from "../../core/codec.ts";
import { encoder, type Write } from "../../core/compile/encoder.ts";
import { lazyCodec } from "../../core/compile/lazy-codec.ts";
import { Shape } from "../../core/compile/source.ts";
import { Memo } from "../../core/memo.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType } from "../../core/type/type.ts";
import { decoder, Readers } from "./decoder.ts";
import { compileWriter, type WriterOptions } from "./encoder.ts";

export interface MsgpackOptions {
  /** Writes structs as maps by name, for readers that know no types. Both forms are always read. @default false */
  readonly maps?: boolean;
}

function create(maps: boolean): Codec {
  const shape = new Shape();
  const writing: WriterOptions = { shape, maps };
  const writers = new Memo<StructType, Write>();
  const readers = new Readers(shape);
  return Object.freeze({
    name: "msgpack",
    mediaTypes: Object.freeze(["application/msgpack", "application/vnd.msgpack", "application/x-msgpack"]),
    selfDescribing: true,
    compile(writer, reader, { limits = defaultCodecLimits, foreign = false } = {}): CompiledCodec {
      if (!foreign) checkReadable(writer, reader, reader.name);
      return lazyCodec(
        foreign,
        () => {
          const write = writers.of(writer, () => compileWriter(writer, writing));
          return encoder(writer, write, limits);
        },
        () => decoder(readers.of(writer, reader), limits),
      );
    },
  } satisfies Codec);
}

// One of each for all: references that ask for it again share what was agreed on, and what was compiled.
const [compact, named] = [create(false), create(true)];

/** MessagePack: compact where both sides know the type, fields by position. */
export function msgpack({ maps = false }: MsgpackOptions = {}): Codec {
  return maps ? named : compact;
}
