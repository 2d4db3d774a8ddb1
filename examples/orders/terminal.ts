export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const codes: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

/** Where the demo writes: a terminal, or anything else, which gets plain text. */
export class Terminal {
  readonly #out: NodeJS.WriteStream;
  readonly #colours: boolean;
  /** Whether lines can be written over. */
  readonly live: boolean;

  constructor(out: NodeJS.WriteStream, environment: NodeJS.ProcessEnv) {
    this.#out = out;
    this.live = out.isTTY === true && environment["TERM"] !== "dumb";
    this.#colours = this.live && !environment["NO_COLOR"];
  }

  get columns(): number {
    return this.live ? (this.#out.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  get rows(): number {
    return this.#out.rows ?? 24;
  }

  paint(style: Style, text: string): string {
    return this.#colours ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
  }

  line(text = ""): void {
    this.#out.write(`${text}\n`);
  }

  /** Writes lines that `erase` can take back. */
  block(lines: readonly string[]): void {
    // The cursor would jump about while the lines are written over.
    this.#out.write(`\x1b[?25l${lines.map((line) => `${line}\x1b[K\n`).join("")}`);
  }

  erase(lines: number): void {
    if (lines > 0) this.#out.write(`\x1b[${lines}A\x1b[J`);
  }

  showCursor(): void {
    if (this.live) this.#out.write("\x1b[?25h");
  }
}
