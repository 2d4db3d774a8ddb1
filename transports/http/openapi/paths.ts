import type { JsonSchema } from "../../../codecs/json/schema.ts";
import type { PathTemplate } from "../../../core/contract/path-template.ts";

export interface OpenPath {
  /** `/v1/shelves/{name.1}/books/{name.2}`. */
  readonly text: string;
  readonly parameters: readonly JsonSchema[];
}

/**
 * A template as OpenAPI has it, where a parameter is one segment. `schemaOf` says what the field of a variable is. What takes
 * several segments has a parameter for each that is not text.
 */
export function openPath(template: PathTemplate, schemaOf: (field: readonly string[]) => JsonSchema): OpenPath {
  const parameters: JsonSchema[] = [];
  const parts = template.segments.map((segment, i) => {
    if (segment.kind === "text") return segment.text;
    const variable = template.variables.find(({ start, end }) => start <= i && i < end);
    const inside = variable && template.segments.slice(variable.start, variable.end);
    const wild = inside?.filter(({ kind }) => kind !== "text").length ?? 0;
    const before = template.segments.slice(variable?.start ?? 0, i).filter(({ kind }) => kind !== "text").length;
    const whole = variable?.field.join(".") ?? "segment";
    const name = variable !== undefined && wild === 1 ? whole : `${whole}.${before + 1}`;
    const alone = inside?.length === 1 && segment.kind === "*";
    parameters.push({
      name,
      in: "path",
      required: true,
      ...(segment.kind === "**" && { description: "All that is left of the path, slashes too." }),
      schema: alone && variable ? schemaOf(variable.field) : { type: "string" },
    });
    return `{${name}}`;
  });
  const verb = template.verb === undefined ? "" : `:${template.verb}`;
  return { text: `/${parts.join("/")}${verb}`, parameters };
}

/** The same for paths that OpenAPI takes for one: the names of their parameters do not tell them apart. */
export function patternText(path: string): string {
  return path.replace(/\{[^}]*\}/g, "{}");
}

/** The path by the names that another one of its pattern has, which stands in the document already. */
export function renamed(path: OpenPath, text: string): OpenPath {
  if (path.text === text) return path;
  const names = [...text.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
  return { text, parameters: path.parameters.map((parameter, i) => ({ ...parameter, name: names[i] })) };
}
