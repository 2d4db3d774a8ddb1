/** What the path of a request names: `/<service>/<method>`. */
export interface MethodPath {
  readonly service: string;
  readonly method: string;
}

export function methodPath(path: string): MethodPath | undefined {
  const slash = path.lastIndexOf("/");
  if (slash < 2 || slash === path.length - 1 || path.charCodeAt(0) !== 47) return undefined;
  return { service: path.slice(1, slash), method: path.slice(slash + 1) };
}

/** As the method may be declared: `Place` is `place`, too. */
export function methodNames(method: string): readonly string[] {
  const small = method.charAt(0).toLowerCase() + method.slice(1);
  return small === method ? [method] : [method, small];
}
