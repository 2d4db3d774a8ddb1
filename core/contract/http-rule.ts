import type { PathTemplate } from "./path-template.ts";

/** Exactly one of them, with a path: `/v1/{name=shelves/*}/books/{id}`. */
type Verb =
  | (Only<"get"> & { readonly body?: never })
  | Only<"put">
  | Only<"post">
  | Only<"delete">
  | Only<"patch">
  | Only<"custom", { readonly kind: string; readonly path: string }>;
type Only<K extends string, V = string> = { readonly [P in K]: V } & { readonly [P in Exclude<Word, K>]?: never };
type Word = "get" | "put" | "post" | "delete" | "patch" | "custom";

interface Mapping {
  /**
   * What the body of a request is: `*` for the request without what is in the path, or one of its fields. What is in neither
   * is in the query. Default: nothing; then the request has no body.
   */
  readonly body?: string;
  /** The field of the response that the body of the answer is. Default: the whole response. */
  readonly responseBody?: string;
}

/** One way to a method by HTTP; the words are those of google.api.http. */
export type HttpRule = Verb & Mapping & { readonly additionalBindings?: readonly (Verb & Mapping)[] };

/** The same, read. */
export interface HttpBinding {
  /** `GET`, or `*` for any. */
  readonly verb: string;
  readonly path: PathTemplate;
  readonly body: string | undefined;
  readonly responseBody: string | undefined;
}

/** A rule, whichever word it has. */
export interface PlainRule {
  readonly get?: string;
  readonly put?: string;
  readonly post?: string;
  readonly delete?: string;
  readonly patch?: string;
  readonly custom?: { readonly kind: string; readonly path: string };
  readonly body?: string | undefined;
  readonly responseBody?: string | undefined;
  readonly additionalBindings?: readonly PlainRule[];
}

export const verbs = ["get", "put", "post", "delete", "patch"] as const;

/** The rule that bindings are read from. */
export function httpRule(bindings: readonly HttpBinding[]): PlainRule | undefined {
  const [first, ...others] = bindings.map(({ verb, path, body, responseBody }): PlainRule => {
    const word = verb.toLowerCase();
    return {
      ...((verbs as readonly string[]).includes(word)
        ? { [word]: path.text }
        : { custom: { kind: verb, path: path.text } }),
      ...(body !== undefined && { body }),
      ...(responseBody !== undefined && { responseBody }),
    };
  });
  return first && { ...first, ...(others.length > 0 && { additionalBindings: others }) };
}
