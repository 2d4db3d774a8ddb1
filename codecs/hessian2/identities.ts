/** Up to this many values a search through all of them is faster than a hash (measured on Node 20). */
const MAX_SCANNED = 16;

/** The lists, maps and objects that were written, each in the form it was written in, and which nodes of the message they are. */
export class Identities {
  readonly #values: unknown[] = [];
  readonly #forms: number[] = [];
  readonly #nodes: number[] = [];
  /** By the number of the form; in place of the search as soon as there are many. */
  #byForm: (Map<unknown, number> | undefined)[] | undefined;

  /** The node; -1 where `value` has not been written in this form. */
  find(value: unknown, form: number): number {
    if (this.#byForm !== undefined) return this.#byForm[form]?.get(value) ?? -1;
    const values = this.#values;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === value && this.#forms[i] === form) return this.#nodes[i] as number;
    }
    return -1;
  }

  add(value: unknown, form: number, node: number): void {
    if (this.#byForm !== undefined) return addTo(this.#byForm, value, form, node);
    this.#values.push(value);
    this.#forms.push(form);
    this.#nodes.push(node);
    if (this.#values.length < MAX_SCANNED) return;
    const byForm: (Map<unknown, number> | undefined)[] = [];
    this.#values.forEach((one, i) => {
      addTo(byForm, one, this.#forms[i] as number, this.#nodes[i] as number);
    });
    this.#byForm = byForm;
  }
}

function addTo(byForm: (Map<unknown, number> | undefined)[], value: unknown, form: number, node: number): void {
  let nodes = byForm[form];
  if (nodes === undefined) {
    nodes = new Map();
    byForm[form] = nodes;
  }
  nodes.set(value, node);
}
