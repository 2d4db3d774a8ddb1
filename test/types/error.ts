import { type JsonValue, RpcError, type RpcErrorOptions } from "trunkline";
import { same } from "./exact.ts";

const code = "ABORTED";
const message = "again";
declare const error: RpcError;
same<typeof error.details, JsonValue | undefined>();

// What JSON carries, readonly forms too.
new RpcError({ code, message, details: { after: [1, "x", null, { deep: true }] } });
new RpcError({ code, message, details: { list: ["a", "b"] as readonly string[], note: undefined } });
new RpcError({ code, message, details: undefined });
const options: RpcErrorOptions = { code, message, details: error.details };
new RpcError(options);

// @ts-expect-error: a bigint is not JSON
new RpcError({ code, message, details: { id: 1n } });
// @ts-expect-error: a Date is not JSON
new RpcError({ code, message, details: { at: new Date() } });
// @ts-expect-error: a Map is not JSON
new RpcError({ code, message, details: new Map([["a", 1]]) });
// @ts-expect-error: nor is a function
new RpcError({ code, message, details: [() => 1] });
// @ts-expect-error: metadata is text
new RpcError({ code, message, metadata: { retries: 5 } });
