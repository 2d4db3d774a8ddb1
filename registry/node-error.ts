import { RpcError } from "../core/error.ts";
import { MAX_DATA_BYTES, MAX_OPERATIONS, type Operation } from "./coordinator.ts";
import { checkWritable } from "./node-path.ts";

/** What each coordinator says of the same mistake, whatever its servers call it. */
export const nodeErrors = {
  missing: (path: string) => new RpcError({ code: "NOT_FOUND", message: `there is no node ${path}` }),
  orphan: (path: string) =>
    new RpcError({ code: "NOT_FOUND", message: `${path}: there is no node above it; make that one first` }),
  exists: (path: string) => new RpcError({ code: "ALREADY_EXISTS", message: `there is a node ${path} already` }),
  notEmpty: (path: string) =>
    new RpcError({ code: "FAILED_PRECONDITION", message: `${path} has children; delete those first` }),
  ephemeralParent: (path: string) =>
    new RpcError({
      code: "FAILED_PRECONDITION",
      message: `${path}: the node above it is ephemeral and has no children`,
    }),
  otherVersion: (path: string, expected: number) =>
    new RpcError({ code: "ABORTED", message: `${path} is not of version ${expected} any more; read it again` }),
  noAccess: (path: string) =>
    new RpcError({ code: "UNIMPLEMENTED", message: `${path}: access: this coordinator knows no rights; leave it out` }),
  numbersOver: (path: string) =>
    new RpcError({ code: "RESOURCE_EXHAUSTED", message: `${path}: every number under its parent was given out` }),
  away: () => new RpcError({ code: "UNAVAILABLE", message: "the coordinator cannot be reached", retryable: true }),
  closed: () => new RpcError({ code: "CANCELLED", message: "the coordinator was closed by this side" }),
};

/** The greatest number of a sequential node; ZooKeeper counts them in 32 bits. */
export const MAX_SEQUENCE = 2_147_483_647;

/** What can be seen of a commit without the tree. */
export function checkOperations(operations: readonly Operation[]): void {
  if (operations.length > MAX_OPERATIONS) {
    throw new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `commit: ${operations.length} operations; ${MAX_OPERATIONS} is the most`,
    });
  }
  let size = 0;
  for (const [i, operation] of operations.entries()) {
    size += sizeOf(operation);
    failingAt(i, () => checkOperation(operation, size));
  }
}

function sizeOf(operation: Operation): number {
  return (operation.kind === "create" || operation.kind === "set" ? operation.data?.length : 0) ?? 0;
}

function checkOperation(operation: Operation, size: number): void {
  checkWritable(operation.path, operation.kind === "create" && operation.options?.sequential === true);
  if (size > MAX_DATA_BYTES) {
    throw new RpcError({
      code: "RESOURCE_EXHAUSTED",
      message: `${operation.path}: ${size} bytes of data in one commit; ${MAX_DATA_BYTES} is the most`,
    });
  }
}

/** Names the operation of a commit whose `step` fails. */
export function failingAt<T>(operation: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const { code, message, retryable } = RpcError.from(error);
    throw new RpcError({ code, message, retryable, details: { operation } });
  }
}
