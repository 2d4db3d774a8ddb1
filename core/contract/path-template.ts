/** One segment of a path, between two slashes. */
export type PathSegment =
  | { readonly kind: "text"; readonly text: string }
  /** One segment, whatever it is. */
  | { readonly kind: "*" }
  /** What is left of the path, or nothing; it stands last. */
  | { readonly kind: "**" };

/** Which segments are the value of which field. */
export interface PathVariable {
  /** `["book", "name"]` of `{book.name=shelves/*}`. */
  readonly field: readonly string[];
  /** The first of its segments, and the first behind them. */
  readonly start: number;
  readonly end: number;
}

/** A path as google.api.http has it: `/v1/{name=shelves/*}/books/{id}:archive`. */
export interface PathTemplate {
  readonly text: string;
  readonly segments: readonly PathSegment[];
  readonly variables: readonly PathVariable[];
  /** The word behind the colon at its end. */
  readonly verb: string | undefined;
}

/** What stands in a URL as it is. */
const TEXT = /^[A-Za-z0-9\-._~!$&'()+,;=@]+$/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const ANY: PathSegment = Object.freeze({ kind: "*" });
const REST: PathSegment = Object.freeze({ kind: "**" });

/** Reads a template; throws a `TypeError` that says what is wrong with it, and `at` whose it is. */
export function parsePathTemplate(text: string, at: string): PathTemplate {
  const wrong = (why: string): TypeError =>
    new TypeError(`${at}: the path ${JSON.stringify(text.slice(0, 200))} ${why}`);
  if (!text.startsWith("/")) throw wrong("does not begin with /");
  const colon = text.indexOf(":", Math.max(text.lastIndexOf("/"), text.lastIndexOf("}")));
  const verb = colon < 0 ? undefined : text.slice(colon + 1);
  if (verb !== undefined && !TEXT.test(verb)) throw wrong(`has no word behind the colon, as in /v1/users/{id}:archive`);
  const segments: PathSegment[] = [];
  const variables: PathVariable[] = [];
  const add = (part: string): void => {
    if (segments.at(-1)?.kind === "**") throw wrong("goes on behind **, which takes all that is left");
    if (part === "*") segments.push(ANY);
    else if (part === "**") segments.push(REST);
    else if (TEXT.test(part)) segments.push(Object.freeze({ kind: "text", text: part }));
    else throw wrong(part === "" ? "has an empty segment" : `has the segment ${part}, which no URL has as it is`);
  };
  for (const part of partsOf(text.slice(1, verb === undefined ? undefined : colon))) {
    const variable = /^\{([^{}=]*)(?:=([^{}]*))?\}$/.exec(part);
    if (variable === null) {
      add(part);
      continue;
    }
    const [, name = "", pattern = "*"] = variable;
    if (!FIELD.test(name)) throw wrong(`has the variable ${part}, which names no field`);
    const start = segments.length;
    for (const inner of pattern.split("/")) add(inner);
    const field = Object.freeze(name.split("."));
    if (variables.some((one) => one.field.join(".") === name)) throw wrong(`has {${name}} twice`);
    variables.push(Object.freeze({ field, start, end: segments.length }));
  }
  return Object.freeze({ text, segments: Object.freeze(segments), variables: Object.freeze(variables), verb });
}

/** What stands between the slashes that are outside of braces; nothing for the root. */
function partsOf(path: string): string[] {
  return path === "" ? [] : path.split(/\/(?![^{]*\})/);
}

/** The same word for templates that match the same paths, whatever their variables are called. */
export function patternOf({ segments, verb }: PathTemplate): string {
  const parts = segments.map((segment) => (segment.kind === "text" ? segment.text : segment.kind));
  return `/${parts.join("/")}${verb === undefined ? "" : `:${verb}`}`;
}
