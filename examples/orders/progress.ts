import type { Terminal } from "./terminal.ts";

export interface Step {
  readonly name: string;
  readonly done: number;
  readonly unknown: number;
}

/** How far each pattern is: bars that move in a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #total: number;
  #steps: readonly Step[] = [];
  #shown = 0;
  #quarter = 0;

  /** `total` calls per pattern. */
  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal;
    this.#total = total;
  }

  /** The part of all calls that has ended. */
  get ratio(): number {
    return this.#steps.length === 0 ? 0 : this.#done / (this.#total * this.#steps.length);
  }

  get #done(): number {
    return this.#steps.reduce((sum, step) => sum + step.done, 0);
  }

  update(steps: readonly Step[]): void {
    this.#steps = steps;
    if (this.#terminal.live) return this.#draw();
    const quarter = Math.floor(this.ratio * 4);
    if (quarter === this.#quarter) return;
    this.#quarter = quarter;
    this.#terminal.line(`  ${this.#overall()}`);
  }

  /** A line that stays, above the bars. */
  log(text: string): void {
    this.#erase();
    this.#terminal.line(text);
    if (this.#terminal.live) this.#draw();
  }

  /** Takes the bars away. */
  end(): void {
    this.#erase();
    this.#steps = [];
    this.#terminal.showCursor();
  }

  #erase(): void {
    this.#terminal.erase(this.#shown);
    this.#shown = 0;
  }

  #draw(): void {
    if (this.#steps.length === 0) return;
    const lines = this.#fits() ? ["", ...this.#steps.map((step) => this.#bar(step))] : [`  ${this.#overall()}`];
    this.#erase();
    this.#terminal.block(lines);
    this.#shown = lines.length;
  }

  /** Lines that wrap, or scroll off the top, could not be taken back. */
  #fits(): boolean {
    return this.#terminal.columns >= 60 && this.#terminal.rows > this.#steps.length + 2;
  }

  #overall(): string {
    const percent = `${Math.floor(this.ratio * 100)}`.padStart(3);
    return `${percent} %  ${count(this.#done)} of ${count(this.#total * this.#steps.length)} calls`;
  }

  #bar({ name, done, unknown }: Step): string {
    const { columns } = this.#terminal;
    const width = Math.max(8, Math.min(40, columns - 52));
    const full = this.#total === 0 ? width : Math.floor((done / this.#total) * width);
    const bar = `${this.#terminal.paint(done === this.#total ? "green" : "cyan", "█".repeat(full))}${this.#terminal.paint("dim", "░".repeat(width - full))}`;
    const counts = `${count(done)}/${count(this.#total)}`.padStart(13);
    const open = unknown === 0 ? "" : this.#terminal.paint("yellow", `  ${unknown} unknown`);
    return `  ${name.padEnd(17)} ${bar} ${counts}${open}`;
  }
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
