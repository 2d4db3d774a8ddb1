const line = process.stderr;

/** What is going on, on stderr: one line that is written over in a terminal, one line per step elsewhere. */
export class Progress {
  readonly #started = performance.now();

  step(text: string): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const shown = `${String(seconds).padStart(4)} s  ${text}`;
    line.write(line.isTTY ? `\r\x1b[2K${shown.slice(0, (line.columns ?? 80) - 1)}` : `${shown}\n`);
  }

  done(): void {
    if (line.isTTY) line.write("\r\x1b[2K");
  }
}
