import { RpcError } from "./core/error.ts";
import { guarded } from "./core/error-listener.ts";
import { describeSource, type ErrorListener, type ErrorSource } from "./core/error-source.ts";

/** The user's `onError`, which cannot do harm, or the default: printing. */
export function errorListener(given: ErrorListener | undefined): ErrorListener {
  if (given === undefined) return printError;
  return guarded(given, (thrown, error, where) => {
    printError(error, where);
    console.error("trunkline: onError itself failed:", thrown);
  });
}

/** Prints by `console.error`, in front of the error where it arose: `trunkline: shop.Orders.place, called from …: Error: …`. */
export function printError(error: unknown, where: ErrorSource): void {
  const source = describeSource(where);
  // The console would replace a %s that stands in its first argument.
  console.error(source === "" ? "trunkline:" : `trunkline: ${source.replaceAll("%", "%%")}:`, ...printable(error));
}

/** Of an `RpcError` not its metadata and details, which may hold what belongs in no log. */
function printable(error: unknown): unknown[] {
  if (!RpcError.is(error)) return [error];
  const { cause } = error;
  const text = ({ code, stack, message }: RpcError): string => `${code}: ${stack ?? message}`;
  return [text(error), ...(cause === undefined ? [] : ["\n  caused by:", RpcError.is(cause) ? text(cause) : cause])];
}
