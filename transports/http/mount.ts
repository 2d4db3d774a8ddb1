/** Where a door stands within somebody else's paths: "" or `/api`. Throws a `TypeError` for what is neither. */
export function mountPath(door: string, prefix = ""): string {
  if (prefix === "" || /^(\/[^/?#]+)+$/.test(prefix)) return prefix;
  throw new TypeError(`${door}: prefix: ${JSON.stringify(prefix)} is no path; write it like /api`);
}

/** The path behind the mount; `undefined` where it is another. */
export function mountedPath(mount: string, path: string): string | undefined {
  if (mount === "") return path;
  if (path === mount) return "/";
  return path.startsWith(`${mount}/`) ? path.slice(mount.length) : undefined;
}
