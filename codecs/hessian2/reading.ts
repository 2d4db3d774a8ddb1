import type { CodecLimits } from "../../core/codec.ts";
import { charge } from "../../core/compile/cursor.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { type ClassShape, classCost } from "./class-shape.ts";
import { Conversion, type ConversionOptions, type Convert } from "./conversion.ts";
import { mapKey } from "./converter.ts";
import type { FieldNames } from "./field-names.ts";
import { CLASS_DEF, DATE, DATE_MINUTE, INT_ZERO, NULL, REF, WIDTH } from "./format.ts";
import { NODE } from "./forms.ts";
import type { NameCache } from "./name-cache.ts";
import { GIVE_UP, Parser } from "./parser.ts";
import { readText } from "./text.ts";

/** The most fields whose number is an int of one byte. */
const MAX_SHORT = 47;

export interface ReadingOptions extends ConversionOptions {
  readonly limits: CodecLimits;
  readonly nameCache: NameCache;
}

/**
 * A message that compiled readers read: what they know they read themselves, the rest is parsed and converted where it
 * stands. They throw GIVE_UP, a misfit or an error of the message, where it is to be read again, from its beginning, the exact way.
 */
export class Reading extends Parser {
  readonly cycles: boolean;
  readonly #options: ConversionOptions;
  readonly #names: NameCache;
  #conversion: Conversion | undefined;

  constructor(b: Uint8Array, start: number, end: number, options: ReadingOptions) {
    super(b, start, end, options.limits, false);
    this.cycles = options.cycles;
    this.#names = options.nameCache;
    this.#options = options;
  }

  /** The value of whatever stands here; for what was read before in the form `form`, the very same. */
  convert(convert: Convert, form: number, depth: number): unknown {
    if (form !== NODE && this.b[this.p] === REF) {
      const at = this.p;
      const index = 2 * this.reference();
      const value = this.nodes[index + 1];
      if (this.nodes[index] === form && value !== undefined) return value;
      this.p = at;
    }
    const node = this.value(depth + 1);
    return convert(node, this.#shared(), depth);
  }

  /** The text that stands here, or what `convert` makes of anything else. */
  text(convert: Convert, depth: number): unknown {
    const text = readText(this);
    if (text === undefined) return this.convert(convert, NODE, depth);
    if (!isWellFormed(text)) throw GIVE_UP;
    return text;
  }

  override name(): string | undefined {
    const length = this.b[this.p] as number;
    if (length < 32 && this.p + length < this.e) {
      const name = this.#names.read(this.b, this.p + 1, length);
      if (name !== undefined) {
        this.p += 1 + length;
        return name;
      }
    }
    return readText(this);
  }

  /** The key of a map. */
  key(depth: number): string {
    const text = readText(this);
    if (text === undefined) return mapKey(this.value(depth), this.#shared());
    if (!isWellFormed(text)) throw GIVE_UP;
    return text;
  }

  /** Moves past the head of an object that can be this struct, to its class; `undefined`, and nothing moved, where none begins. */
  object(names: FieldNames): ClassShape | undefined {
    while (this.b[this.p] === CLASS_DEF) this.defineFor(names);
    const at = this.p;
    const index = this.objectHead();
    if (index < 0) return undefined;
    const shape = this.classes[index] as ClassShape;
    if (shape.names !== names) names.lay(shape);
    // A subclass, or the same class under another name, has all that must be there.
    if (shape.whole || this.#shared().mayBe(names.type, shape.name)) return shape;
    this.p = at;
    return undefined;
  }

  /** Reads the definition of a class, of which an object that may be the struct is likely to follow. */
  defineFor(names: FieldNames): void {
    const { b, e, p: start } = this;
    const known = names.memory.recall(b, start);
    if (known !== undefined) {
      this.p += known.bytes.length;
      charge(this, classCost(known.shape.layout.length));
      this.classes.push(known.shape);
      return;
    }
    let p = start + 2 + (b[start + 1] as number);
    const count = (b[p++] as number) - INT_ZERO;
    if (!isShortAscii(b, start + 1, e) || !(count >= 0 && count <= MAX_SHORT)) return this.define();
    const layout = new Array<number>(count);
    for (let i = 0; i < count; i++) {
      const length = b[p] as number;
      if (!(length < 32 && p + length < e)) return this.define();
      const place = names.find(b, p + 1, length);
      // A name that was found is ASCII, as ours are.
      if (place < 0 && !isShortAscii(b, p, e)) return this.define();
      layout[i] = place;
      p += 1 + length;
    }
    this.p = p;
    charge(this, classCost(count));
    const shape = names.memory.learn(b, start, p);
    names.keep(shape, layout);
    this.classes.push(shape);
  }

  /** Moves past a value that nobody asked for; a list, map or object may be referred to by one that somebody does. */
  skip(depth: number): void {
    const tag = this.b[this.p] as number;
    const width = WIDTH[tag] as number;
    if (tag === NULL) this.p++;
    else if (width > 0 && tag !== DATE && tag !== DATE_MINUTE && this.p + width < this.e) this.p += 1 + width;
    else this.value(depth + 1);
  }

  #shared(): Conversion {
    if (this.#conversion === undefined) {
      this.#conversion = new Conversion(this, this.#options);
      this.#conversion.share();
    }
    return this.#conversion;
  }
}

function isShortAscii(b: Uint8Array, p: number, e: number): boolean {
  const end = p + 1 + (b[p] as number);
  if (!((b[p] as number) < 32 && end < e)) return false;
  for (let i = p + 1; i < end; i++) if ((b[i] as number) > 127) return false;
  return true;
}
