/** The locals of one function: each has a place of its own in the frame, also where two blocks call theirs the same. */
export class Scope {
  readonly #blocks: Map<string, number>[] = [new Map()];
  /** Places taken so far. */
  size = 0;

  open(): void {
    this.#blocks.push(new Map());
  }

  close(): void {
    this.#blocks.pop();
  }

  declare(name: string): number {
    this.#blocks.at(-1)?.set(name, this.size);
    return this.size++;
  }

  find(name: string): number | undefined {
    return this.#blocks.findLast((block) => block.has(name))?.get(name);
  }
}
