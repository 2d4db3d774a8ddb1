import { ByteSource } from "../../core/compile/byte-source.ts";
import { copyDefinition, definition } from "./class-def.ts";
import { roomForText, writeText } from "./text.ts";
import { MAX_HEAD_BYTES, writeObjectHead } from "./write.ts";

/** Code that writes bytes: `k` is what the message has so far, beside the names of `ByteSource`. */
export class WriteSource extends ByteSource {
  /** The members of `k` that hold the numbers of classes, by definition. */
  readonly #classes = new Map<string, string>();

  /** The numbers of classes that no message has defined yet. */
  noClasses(): string {
    return [...this.#classes.values()].map((one) => `k.${one} = -1;`).join(" ");
  }

  override refuseIf(condition: string): void {
    this.flush();
    super.refuseIf(condition);
  }

  /** A list, map or object begins. */
  count(): void {
    this.line("k.nodes++;");
  }

  /** The class, where the message has not defined it yet, and the head of an object. */
  object(name: string, fields: readonly string[]): void {
    const key = JSON.stringify([name, fields]);
    const number = this.#classes.get(key) ?? `c${this.#classes.size}`;
    this.#classes.set(key, number);
    this.apart(
      `if (k.${number} < 0) { k.${number} = k.classes++;`,
      () => {
        const bytes = this.constant("DEFINITION", definition(name, fields));
        this.line(`p = ${this.constant("copyDefinition", copyDefinition)}(o, p, ${bytes}, 0); b = o.buffer;`);
      },
      "}",
    );
    this.need(MAX_HEAD_BYTES);
    this.line(
      `if (k.${number} < 16) b[p++] = 96 + k.${number}; else p = ${this.constant("writeObjectHead", writeObjectHead)}(b, p, k.${number});`,
    );
    this.count();
  }

  /** A write of at most `most` bytes. */
  bounded(hint: string, write: (b: Uint8Array, p: number, v: never) => number, x: string, most: number): void {
    this.flush();
    this.need(most);
    this.line(`p = ${this.constant(hint, write)}(b, p, ${x});`);
  }

  string(x: string): void {
    this.dynamic(
      (reserve) =>
        `q = ${this.constant("roomForText", roomForText)}(${x}.length) + ${reserve()}; if (p + q > b.length) { o.position = p; o.ensure(q); b = o.buffer; p = o.position; }\n` +
        `p = ${this.constant("writeText", writeText)}(b, p, ${x});`,
    );
  }
}
