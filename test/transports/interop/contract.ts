import { setTimeout as sleep } from "node:timers/promises";
import { codeFromNumber } from "../../../core/code.ts";
import { arg, defineService, implement, RpcError, rpc, stream, t } from "../../../index.ts";

/*
 * The test service of gRPC's interop cases, as a contract: what its messages.proto says, with the same names and numbers.
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md
 */

const Payload = t.struct("grpc.testing.Payload", { type: t.int32, body: t.bytes });
const Flag = t.struct("google.protobuf.BoolValue", { value: t.bool });
const EchoStatus = t.struct("grpc.testing.EchoStatus", { code: t.int32, message: t.string });
const SimpleRequest = t.struct("grpc.testing.SimpleRequest", {
  response_type: t.int32,
  response_size: t.int32,
  payload: t.optional(Payload),
  fill_username: t.bool,
  fill_oauth_scope: t.bool,
  response_compressed: t.optional(Flag),
  response_status: t.optional(EchoStatus),
});
const SimpleResponse = t.struct("grpc.testing.SimpleResponse", { payload: t.optional(Payload) });
const StreamingInputCallRequest = t.struct("grpc.testing.StreamingInputCallRequest", { payload: t.optional(Payload) });
const StreamingInputCallResponse = t.struct("grpc.testing.StreamingInputCallResponse", {
  aggregated_payload_size: t.int32,
});
const ResponseParameters = t.struct("grpc.testing.ResponseParameters", {
  size: t.int32,
  interval_us: t.int32,
  compressed: t.optional(Flag),
});
const StreamingOutputCallRequest = t.struct("grpc.testing.StreamingOutputCallRequest", {
  response_type: t.int32,
  response_parameters: t.list(ResponseParameters),
  payload: t.optional(Payload),
  response_status: t.field(7, t.optional(EchoStatus)),
});
const StreamingOutputCallResponse = t.struct("grpc.testing.StreamingOutputCallResponse", {
  payload: t.optional(Payload),
});

const served = {
  EmptyCall: rpc({}),
  UnaryCall: rpc({ params: [arg("request", SimpleRequest)], returns: SimpleResponse }),
  StreamingOutputCall: stream({
    params: [arg("request", StreamingOutputCallRequest)],
    yields: StreamingOutputCallResponse,
  }),
  StreamingInputCall: rpc({
    params: [arg("requests", t.stream(StreamingInputCallRequest))],
    returns: StreamingInputCallResponse,
  }),
  FullDuplexCall: stream({
    params: [arg("requests", t.stream(StreamingOutputCallRequest))],
    yields: StreamingOutputCallResponse,
  }),
};

/** What the server has. */
export const Served = defineService("grpc.testing.TestService", {}, served);
/** What clients know: one method more. */
export const TestService = defineService("grpc.testing.TestService", {}, { ...served, UnimplementedCall: rpc({}) });
export const UnimplementedService = defineService(
  "grpc.testing.UnimplementedService",
  {},
  { UnimplementedCall: rpc({}) },
);

export const INITIAL = "x-grpc-test-echo-initial";
export const TRAILING = "x-grpc-test-echo-trailing-bin";

interface Context {
  readonly metadata: Readonly<Record<string, string>>;
  setReplyMetadata(entries: Record<string, string>): void;
  setTrailers(entries: Record<string, string>): void;
}

function echoMetadata(ctx: Context): void {
  const { [INITIAL]: initial, [TRAILING]: trailing } = ctx.metadata;
  if (initial !== undefined) ctx.setReplyMetadata({ [INITIAL]: initial });
  if (trailing !== undefined) ctx.setTrailers({ [TRAILING]: trailing });
}

function echoStatus(status: { code: number; message: string } | undefined): void {
  if (status && status.code !== 0) throw new RpcError({ code: codeFromNumber(status.code), message: status.message });
}

const payload = (size: number) => ({ type: 0, body: new Uint8Array(size) });

/** What the description of the cases asks of a server. */
export const testService = () =>
  implement(Served, {
    EmptyCall: async () => {},
    UnaryCall: async ({ response_size: size, response_status: status }, ctx) => {
      echoMetadata(ctx);
      echoStatus(status);
      return size > 0 ? { payload: payload(size) } : {};
    },
    StreamingOutputCall: async function* ({ response_parameters: parameters }) {
      for (const { size } of parameters) yield { payload: payload(size) };
    },
    StreamingInputCall: async (requests) => {
      let size = 0;
      for await (const { payload: one } of requests) size += one?.body.length ?? 0;
      return { aggregated_payload_size: size };
    },
    FullDuplexCall: async function* (requests, ctx) {
      echoMetadata(ctx);
      for await (const { response_parameters: parameters, response_status: status } of requests) {
        echoStatus(status);
        for (const { size, interval_us: us } of parameters) {
          if (us > 0) await sleep(us / 1000);
          yield { payload: payload(size) };
        }
      }
    },
  });
