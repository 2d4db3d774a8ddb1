import type { CodecLimits, CompiledCodec } from "../../core/codec.ts";
import { isLeft } from "../../core/compile/misfit.ts";
import type { Shape } from "../../core/compile/source.ts";
import { fieldsByName } from "../../core/type/fields-by-name.ts";
import type { StructType, Type } from "../../core/type/type.ts";
import { Conversion, type Convert, type Names } from "./conversion.ts";
import { Converters } from "./converter.ts";
import type { Forms } from "./forms.ts";
import { NameCache } from "./name-cache.ts";
import { GIVE_UP, Parser } from "./parser.ts";
import { compileReader, type ReadHessian } from "./reader.ts";
import { Reading, type ReadingOptions } from "./reading.ts";

export interface ReadersOptions {
  readonly shape: Shape;
  readonly forms: Forms;
  readonly exact: boolean;
  readonly cycles: boolean;
}

/** The readers of one codec. */
export class Readers {
  readonly #options: ReadersOptions;
  readonly #converters = new Converters();
  readonly #nameCache = new NameCache();
  readonly #reads = new WeakMap<StructType, ReadHessian>();
  readonly #names = new WeakMap<StructType, WeakMap<StructType, Names>>();

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  decoder(writer: StructType, reader: StructType, limits: CodecLimits): CompiledCodec["decode"] {
    const { exact, cycles } = this.#options;
    const names = this.#namesOf(writer, reader);
    const options = { limits, exact, cycles, names, nameCache: this.#nameCache };
    const convert = this.#converters.of(reader);
    // Compiled readers do not tell the kinds of numbers in untyped values apart.
    if (exact) return (b, start, end) => decodeExactly(b, start, end, options, convert);
    const read = this.#readOf(reader);
    return (b, start, end) => {
      try {
        const reading = new Reading(b, start, end, options);
        const value = read(reading, limits.maxDepth);
        if (reading.p === end && reading.n >= 0) return value;
      } catch (thrown) {
        // The exact way reads it, or knows what is wrong and where.
        if (thrown !== GIVE_UP && !isLeft(thrown)) throw thrown;
      }
      return decodeExactly(b, start, end, options, convert);
    };
  }

  #readOf(reader: StructType): ReadHessian {
    const { shape, forms } = this.#options;
    const read = this.#reads.get(reader) ?? compileReader(reader, { shape, forms, converters: this.#converters });
    this.#reads.set(reader, read);
    return read;
  }

  #namesOf(writer: StructType, reader: StructType): Names {
    const byReader = this.#names.get(writer) ?? new WeakMap<StructType, Names>();
    this.#names.set(writer, byReader);
    let names = byReader.get(reader);
    if (names === undefined) {
      names = writer === reader ? new Map() : collectNames(writer, reader);
      byReader.set(reader, names);
    }
    return names;
  }
}

function decodeExactly(b: Uint8Array, start: number, end: number, options: ReadingOptions, convert: Convert): unknown {
  const parser = new Parser(b, start, end, options.limits, options.exact);
  const node = parser.value();
  parser.close();
  const conversion = new Conversion(parser, options);
  if (parser.shared) conversion.share();
  return conversion.root(convert, node, options.limits.maxDepth);
}

/** The names that structs of the reader have on the side of the writer. */
function collectNames(writer: Type, reader: Type): Names {
  const names = new Map<Type, Set<string>>();
  const seen = new Map<Type, Set<Type>>();
  const open: [writer: Type, reader: Type][] = [[writer, reader]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [theirs, mine] = next;
    if (theirs.kind !== mine.kind) continue;
    if (mine.kind === "list") open.push([(theirs as typeof mine).item, mine.item]);
    else if (mine.kind === "map") open.push([(theirs as typeof mine).value, mine.value]);
    else if (mine.kind === "struct" || mine.kind === "union") {
      const met = seen.get(theirs) ?? new Set();
      if (met.has(mine)) continue;
      seen.set(theirs, met.add(mine));
      const { name, fields } = theirs as typeof mine;
      names.set(mine, (names.get(mine) ?? new Set<string>()).add(name));
      const written = fieldsByName(fields);
      for (const field of mine.fields) {
        const other = written.get(field.name);
        if (other !== undefined) open.push([other.type, field.type]);
      }
    }
  }
  return names;
}
