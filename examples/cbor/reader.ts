import { memory, overMemory, RpcError, roomFor, setOwn } from "../../core/index.ts";
import { FLOAT16, FLOAT32, FLOAT64, INDEFINITE, major, simple, TAG_EPOCH } from "./format.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads CBOR as values without a type, which takes no more memory and depth than it is given. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #position: number;
  #memory: number;

  constructor(bytes: Uint8Array, range: { readonly start: number; readonly end: number }, memoryBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = range.start;
    this.#end = range.end;
    this.#memory = memoryBytes;
  }

  /** The one value that the bytes hold. */
  readAll(maxDepth: number): unknown {
    const value = this.#read(maxDepth);
    if (this.#position < this.#end) throw malformed(`${this.#end - this.#position} bytes follow the message`);
    return value;
  }

  #read(depth: number): unknown {
    const initial = this.#bytes[this.#take(1)] as number;
    const type = initial >> 5;
    const info = initial & 31;
    if (info === INDEFINITE) throw malformed("lengths that are not known before are not read");
    if (type === major.simple) return this.#simple(info);
    const argument = this.#argument(info);
    switch (type) {
      case major.unsigned:
      case major.negative: {
        const value = type === major.negative ? -1n - argument : argument;
        if (BigInt.asIntN(64, value) !== value) throw malformed("an integer of more than 64 bits");
        if (info !== 27) return Number(value);
        this.#charge(memory.BIGINT);
        return value;
      }
      case major.bytes: {
        const length = this.#count(argument, 1);
        this.#charge(memory.BYTES);
        const at = this.#take(length);
        return this.#bytes.slice(at, at + length);
      }
      case major.text:
        return this.#text(argument);
      case major.list:
        return this.#list(argument, depth);
      case major.map:
        return this.#map(argument, depth);
      default:
        return this.#tagged(argument, depth);
    }
  }

  #list(argument: bigint, depth: number): unknown[] {
    const length = this.#count(argument, 1);
    this.#enter(depth);
    this.#charge(memory.LIST + length * memory.SLOT);
    return Array.from({ length }, () => this.#read(depth - 1));
  }

  #map(argument: bigint, depth: number): Record<string, unknown> {
    const length = this.#count(argument, 2);
    this.#enter(depth);
    this.#charge(memory.MAP + length * memory.ENTRY);
    const map: Record<string, unknown> = {};
    let indexes = 0;
    for (let i = 0; i < length; i++) {
      const key = this.#read(0);
      if (typeof key !== "string") throw malformed("a key that is no text");
      indexes = roomFor(map, key, indexes);
      setOwn(map, key, this.#read(depth - 1));
    }
    return map;
  }

  #text(argument: bigint): string {
    const length = this.#count(argument, 1);
    this.#charge(memory.TEXT);
    const at = this.#take(length);
    try {
      return utf8.decode(this.#bytes.subarray(at, at + length));
    } catch {
      throw malformed("text that is no UTF-8");
    }
  }

  #tagged(tag: bigint, depth: number): unknown {
    this.#enter(depth);
    const value = this.#read(depth - 1);
    if (tag !== BigInt(TAG_EPOCH)) return value;
    this.#charge(memory.DATE);
    return new Date(Math.round(Number(value) * 1000));
  }

  #simple(info: number): unknown {
    switch (info) {
      case simple.false:
        return false;
      case simple.true:
        return true;
      case simple.null:
        return null;
      case simple.undefined:
        return undefined;
      case FLOAT16:
        return half(this.#view.getUint16(this.#take(2)));
      case FLOAT32:
        return this.#view.getFloat32(this.#take(4));
      case FLOAT64:
        return this.#view.getFloat64(this.#take(8));
      default:
        throw malformed(`no value that fits: simple ${info}`);
    }
  }

  #argument(info: number): bigint {
    if (info < 24) return BigInt(info);
    if (info === 24) return BigInt(this.#view.getUint8(this.#take(1)));
    if (info === 25) return BigInt(this.#view.getUint16(this.#take(2)));
    if (info === 26) return BigInt(this.#view.getUint32(this.#take(4)));
    if (info === 27) return this.#view.getBigUint64(this.#take(8));
    throw malformed(`a head that is reserved: ${info}`);
  }

  /** A declared number of things of at least `size` bytes each, which must be there before anything is made for them. */
  #count(declared: bigint, size: number): number {
    if (declared * BigInt(size) > BigInt(this.#end - this.#position)) throw this.#truncated();
    return Number(declared);
  }

  #take(length: number): number {
    const at = this.#position;
    if (at + length > this.#end) throw this.#truncated();
    this.#position = at + length;
    return at;
  }

  #enter(depth: number): void {
    if (depth <= 0) throw malformed("the message is nested deeper than maxDepth");
  }

  #charge(bytes: number): void {
    this.#memory -= bytes;
    if (this.#memory < 0) throw overMemory();
  }

  #truncated(): RpcError {
    return malformed(`truncated at byte ${this.#position}`);
  }
}

/** RFC 8949, appendix D. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const mantissa = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

function malformed(what: string): RpcError {
  return new RpcError({ code: "INVALID_ARGUMENT", message: `cbor: ${what}` });
}
