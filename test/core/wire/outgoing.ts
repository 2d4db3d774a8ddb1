import { OutgoingCall } from "../../../core/call/outgoing.ts";
import type { StreamReader } from "../../../core/call/stream.ts";
import { emptyMetadata, type Metadata } from "../../../core/metadata.ts";
import type { ClientOperation } from "../../../core/wire/client-calls.ts";
import { type ClientSide, op } from "./fixture.ts";

type Ready = ClientSide & { readonly operations: readonly ClientOperation[] };

const nobody = { retry: () => false, settled: () => {} };

/** A call sent over the session of `side`; what it rejects with is the test's to look at. */
export function send(side: Ready, method: keyof typeof op, args: readonly unknown[], timeoutMs = 30_000): OutgoingCall {
  const operation = side.operations[op[method]] as ClientOperation;
  const call = new OutgoingCall(nobody, side.wheel, operation.codec.method, args);
  call.promise.catch(() => {});
  call.startDeadline(side.platform.now(), timeoutMs);
  side.session.send(call, operation);
  return call;
}

export function open(
  side: Ready,
  method: keyof typeof op,
  args: readonly unknown[],
  onReplyMetadata?: (metadata: Metadata) => void,
): StreamReader {
  const operation = side.operations[op[method]] as ClientOperation;
  return side.session.openStream(
    {
      method: operation.codec.method,
      args,
      metadata: emptyMetadata,
      deadline: undefined,
      signal: undefined,
      onReplyMetadata,
    },
    operation,
  );
}
