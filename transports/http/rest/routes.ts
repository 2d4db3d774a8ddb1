import type { HttpBinding } from "../../../core/contract/http-rule.ts";
import type { PathTemplate } from "../../../core/contract/path-template.ts";
import { RpcError } from "../../../core/error.ts";
import type { ServedOperation, ServedService } from "../../../core/transport.ts";

/** One path of one method. */
export interface Route {
  readonly service: ServedService;
  readonly operation: ServedOperation;
  readonly binding: HttpBinding;
}

/** What a path means: routes by method of HTTP, those that say most of the path first. */
export interface RouteMatch {
  readonly routes: readonly Route[];
  /** The segments of the path, as they came. */
  readonly segments: readonly string[];
}

/** The paths that begin alike. */
interface Node {
  readonly texts: Map<string, Node>;
  any: Node | undefined;
  /** What is left of the path, by the verb behind its colon. */
  rest: Map<string, Route[]> | undefined;
  /** The path ends here, likewise. */
  readonly ends: Map<string, Route[]>;
}

const node = (): Node => ({ texts: new Map(), any: undefined, rest: undefined, ends: new Map() });

/** The paths of all methods of a server. A request is matched in time in proportion to how many there are, at the most. */
export class Routes {
  readonly #root = node();
  readonly #verbs = new Set<string>();

  /** Throws where two services have one path. */
  constructor(services: readonly ServedService[]) {
    for (const service of services) {
      for (const operation of service.operations) {
        for (const binding of operation.method.http) this.#add({ service, operation, binding });
      }
    }
  }

  /** `undefined` where no method has such a path. Throws where it is no path. */
  match(path: string): RouteMatch | undefined {
    const colon = path.indexOf(":", path.lastIndexOf("/"));
    const verb = colon < 0 ? "" : decoded(path.slice(colon + 1));
    // What is no verb of anybody's is a part of the value.
    const found = verb !== "" && this.#verbs.has(verb) ? this.#find(path.slice(0, colon), verb) : undefined;
    return found ?? this.#find(path, "");
  }

  #find(path: string, verb: string): RouteMatch | undefined {
    const segments = path === "/" ? [] : path.slice(1).split("/");
    const plain = segments.map(decoded);
    const routes: Route[] = [];
    const visit = (here: Node, i: number): void => {
      const segment = plain[i];
      if (segment === undefined) routes.push(...(here.ends.get(verb) ?? []));
      else {
        const next = here.texts.get(segment);
        if (next !== undefined) visit(next, i + 1);
        if (here.any !== undefined && segment !== "") visit(here.any, i + 1);
      }
      routes.push(...(here.rest?.get(verb) ?? []));
    };
    visit(this.#root, 0);
    return routes.length === 0 ? undefined : { routes, segments };
  }

  #add(route: Route): void {
    const { segments, verb = "" } = route.binding.path;
    this.#verbs.add(verb);
    let here = this.#root;
    for (const segment of segments) {
      if (segment.kind === "**") {
        here.rest ??= new Map();
        return this.#put(here.rest, verb, route);
      }
      if (segment.kind === "*") {
        here.any ??= node();
        here = here.any;
        continue;
      }
      const next = here.texts.get(segment.text) ?? node();
      here.texts.set(segment.text, next);
      here = next;
    }
    this.#put(here.ends, verb, route);
  }

  #put(ends: Map<string, Route[]>, verb: string, route: Route): void {
    const routes = ends.get(verb) ?? [];
    const other = routes.find(({ binding }) => binding.verb === route.binding.verb);
    const [name, otherName] = [route, other].map((one) => one?.service.contract.name);
    if (other !== undefined && name !== otherName) {
      const path = `${route.binding.verb} ${route.binding.path.text}`;
      throw new TypeError(`services: ${otherName} and ${name} both have the path ${path}; change one of them`);
    }
    // Another version of the same service: which one is called its request says.
    if (other === undefined) ends.set(verb, [...routes, route]);
  }
}

/** The texts of the variables of a path that matched. */
export function variablesOf({ variables, segments: pattern }: PathTemplate, segments: readonly string[]): string[] {
  return variables.map(({ start, end }) => {
    const rest = pattern[end - 1]?.kind === "**";
    const own = segments.slice(start, rest ? undefined : end);
    // Of several segments a slash that was written as %2F stays so: else nobody could tell it from one between them.
    if (own.length === 1 && !rest) return decoded(own[0] ?? "");
    return own.map((one) => one.split(/%2f/i).map(decoded).join("%2F")).join("/");
  });
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    const message = `the path has ${JSON.stringify(segment.slice(0, 100))}, which is no percent-encoded text`;
    throw new RpcError({ code: "INVALID_ARGUMENT", message, cause });
  }
}
