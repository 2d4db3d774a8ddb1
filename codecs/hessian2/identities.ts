/** Up to this many values a search through all of them is faster than a hash (measured on Node 20). */
const MAX_SCANNED = 64;

/** The lists, maps and objects that were written, each in the form it was written in, and which nodes of the message they are. */
export class Identities {
  readonly #values: unknown[] = [];
  readonly #forms: number[] = [];
  readonly #nodes: number[] = [];
  #byForm: Map<number, Map<unknown, number>> | undefined;

  /** The node; -1 where `value` has not been written in this form. */
  find(value: unknown, form: number): number {
    if (this.#byForm !== undefined) return this.#byForm.get(form)?.get(value) ?? -1;
    for (let i = 0; i < this.#values.length; i++) {
      if (this.#values[i] === value && this.#forms[i] === form) return this.#nodes[i] as number;
    }
    return -1;
  }

  add(value: unknown, form: number, node: number): void {
    if (this.#byForm !== undefined) return this.#addTo(this.#byForm, value, form, node);
    this.#values.push(value);
    this.#forms.push(form);
    this.#nodes.push(node);
    if (this.#values.length < MAX_SCANNED) return;
    const byForm = new Map<number, Map<unknown, number>>();
    this.#values.forEach((one, i) => {
      this.#addTo(byForm, one, this.#forms[i] as number, this.#nodes[i] as number);
    });
    this.#byForm = byForm;
  }

  #addTo(byForm: Map<number, Map<unknown, number>>, value: unknown, form: number, node: number): void {
    let nodes = byForm.get(form);
    if (nodes === undefined) {
      nodes = new Map();
      byForm.set(form, nodes);
    }
    nodes.set(value, node);
  }
}
