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
