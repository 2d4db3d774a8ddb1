import { RpcError } from "../core/error.ts";

/** What no name holds: it would be unreadable, or no text that each of the servers can keep. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Co}\ufff0-\uffff]/u;

/** Throws `INVALID_ARGUMENT` for what is no path of a node: `/`, or `/a/b`. */
export function checkPath(path: string): void {
  if (path === "/") return;
  const names = typeof path === "string" && path.startsWith("/") ? path.slice(1).split("/") : [""];
  if (names.every((name) => name !== "" && name !== "." && name !== "..") && !FORBIDDEN.test(path)) return;
  throw new RpcError({
    code: "INVALID_ARGUMENT",
    message: `${JSON.stringify(path)?.slice(0, 200)} is no path of a node; it begins with / and has names between /, without control characters, none of them . or ..`,
  });
}

/** The same for what is written, which the root never is. Of a sequential node the name may be empty. */
export function checkWritable(path: string, sequential = false): void {
  checkPath(sequential ? `${path}0` : path);
  if (path === "/" && !sequential) {
    throw new RpcError({ code: "INVALID_ARGUMENT", message: "/ is always there and is never written" });
  }
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The number of a sequential node, as it stands behind its name: sorted as texts they are sorted as numbers. */
export function sequenceOf(count: number): string {
  return String(count).padStart(10, "0");
}
