import type { Field, StructType, UnionType } from "../type/type.ts";
import { MISFIT } from "./misfit.ts";
import { member, Source } from "./source.ts";

/** Room asked for once; the bytes of fixed length that follow are added while they are generated. */
interface Room {
  bytes: number;
}

/**
 * Code that writes bytes: `b` is the buffer of the output `o`, and `p` the position. Fixed bytes are gathered and
 * written together, and room for them is asked for as rarely as possible.
 */
export class ByteSource extends Source {
  #fixed: number[] = [];
  #room: Room | undefined;

  override function(name: string, params: string, body: () => void): void {
    const [fixed, room] = [this.#fixed, this.#room];
    this.#fixed = [];
    this.#room = undefined;
    super.function(name, params, () => {
      body();
      this.flush();
      this.line("return p;");
    });
    this.#fixed = fixed;
    this.#room = room;
  }

  /** The name of the function that writes a struct or union: `body` writes `v`. */
  writerOf(type: StructType | UnionType, recursive: boolean, body: () => void): string {
    return this.functionOf(type, "write", "v, o, p, d", () => {
      this.line("let b = o.buffer, q = 0;");
      if (recursive) this.refuseIf("d < 0");
      body();
    });
  }

  refuseIf(condition: string): void {
    this.line(`if (${condition}) ${this.refusal()}`);
  }

  refusal(): string {
    return `throw ${this.constant("MISFIT", MISFIT)};`;
  }

  /** A local with the field's value, the default filled in. */
  fieldOf(x: string, { name, optional, defaultValue }: Field): string {
    const value = this.local("v");
    this.line(`let ${value} = ${member(x, name)};`);
    if (!optional && defaultValue !== undefined)
      this.line(`if (${value} === undefined) ${value} = ${this.constant("DEFAULT", defaultValue)};`);
    return value;
  }

  /** A branch for each case of the union `x`, where `write` writes what the local `value` holds. */
  cases(x: string, fields: readonly Field[], write: (field: Field, value: string, place: number) => void): void {
    this.flush();
    const value = this.local("v");
    this.refuseIf(`typeof ${x} !== "object" || ${x} === null`);
    this.line(`const ${value} = ${x}.value;`);
    this.line(`switch (${x}.kind) {`);
    fields.forEach((field, place) => {
      this.apart(`case ${JSON.stringify(field.name)}: {`, () => write(field, value, place), "break; }");
    });
    this.line(`default: ${this.refusal()} }`);
  }

  /** Fixed bytes, as numbers or ASCII text. */
  fixed(...parts: (number | string)[]): void {
    for (const part of parts) {
      if (typeof part === "number") this.#fixed.push(part);
      else for (let i = 0; i < part.length; i++) this.#fixed.push(part.charCodeAt(i));
    }
  }

  flush(): void {
    const bytes = this.#fixed;
    if (bytes.length === 0) return;
    this.#fixed = [];
    this.need(bytes.length);
    const writes = bytes.map((byte, i) => `b[p${i === 0 ? "" : ` + ${i}`}] = ${byte};`);
    this.line(`${writes.join(" ")} p += ${bytes.length};`);
  }

  /** Makes room for `bytes` more; call after `flush`, before the line that writes them. */
  need(bytes: number): void {
    if (this.#room === undefined) {
      const room = { bytes: 0 };
      this.#room = room;
      this.later(
        () =>
          `if (p + ${room.bytes} > b.length) { o.position = p; o.ensure(${room.bytes}); b = o.buffer; p = o.position; }`,
      );
    }
    this.#room.bytes += bytes;
  }

  /** Code that runs any number of times, or not at all: room asked for inside it says nothing about what follows. */
  apart(open: string, body: () => void, close: string): void {
    this.flush();
    this.line(open);
    this.#room = undefined;
    body();
    this.flush();
    this.line(close);
    this.#room = undefined;
  }

  /** A write of unknown length, which makes room for what of fixed length follows it: `reserve()` bytes. */
  dynamic(code: (reserve: () => number) => string): void {
    this.flush();
    const room: Room = { bytes: 0 };
    this.#room = room;
    this.later(() => code(() => room.bytes));
  }

  /** A write by a function that takes the position and returns the next. */
  call(code: string): void {
    this.flush();
    this.line(`p = ${code}; b = o.buffer;`);
    this.#room = undefined;
  }
}
