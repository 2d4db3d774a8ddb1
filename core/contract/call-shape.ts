/** The part of an operation that says how it is called, of a contract of this process or of a peer's. */
export interface Callable {
  readonly kind: string;
  readonly untyped: boolean;
  readonly upstream: unknown;
  readonly callbacks: readonly { readonly name: string }[];
}

/**
 * How an operation is called, in words. Two sides between which it differs cannot call one another: a stream or a
 * callback that only one of them knows of would be made up by the other.
 */
export function callShape({ kind, untyped, upstream, callbacks }: Callable): string {
  const names = callbacks.map(({ name }) => name).sort();
  const stream = upstream === undefined ? "" : ", the caller streams";
  return `${untyped ? "untyped " : ""}${kind}${stream}${names.length === 0 ? "" : `, callback ${names.join(", ")}`}`;
}
