import { expect } from "chai";
import { bytesOf, type Client, type Metadata, type RpcClient } from "../../../index.ts";
import { refused } from "../suite/fixture.ts";
import { INITIAL, TestService, TRAILING, UnimplementedService } from "./contract.ts";

export const SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
const PAIRS = [
  [31_415, 27_182],
  [9, 8],
  [2653, 1828],
  [58_979, 45_904],
] as const;
const metadata = { [INITIAL]: "test_initial_metadata_value", [TRAILING]: new Uint8Array([0xab, 0xab, 0xab]) };

type Test = Client<typeof TestService>;
const simple = { response_type: 0, response_size: 0, fill_username: false, fill_oauth_scope: false };
const payload = (size: number) => ({ type: 0, body: new Uint8Array(size) });
const parameters = (...sizes: readonly number[]) => sizes.map((size) => ({ size, interval_us: 0 }));
const asked = (size: number, body: number) => ({
  response_type: 0,
  response_parameters: parameters(size),
  payload: payload(body),
});

/** A stream that a test feeds, one item at a time. */
function fed<T>() {
  const waiting: ((result: IteratorResult<T>) => void)[] = [];
  const items: IteratorResult<T>[] = [];
  const give = (result: IteratorResult<T>): void => {
    const next = waiting.shift();
    if (next) next(result);
    else items.push(result);
  };
  const source: AsyncIterable<T> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const item = items.shift();
        return item ? Promise.resolve(item) : new Promise((resolve) => waiting.push(resolve));
      },
    }),
  };
  return {
    source,
    give: (value: T) => give({ value, done: false }),
    end: () => give({ value: undefined, done: true }),
  };
}

/** The interop cases of gRPC, as our client does them. */
export const cases: Readonly<Record<string, (client: RpcClient) => Promise<void>>> = Object.fromEntries(
  Object.entries<(test: Test, client: RpcClient) => Promise<void>>({
    empty_unary: async (test) => {
      expect(await test.EmptyCall()).to.equal(undefined);
    },
    large_unary: async (test) => {
      const reply = await test.UnaryCall({ ...simple, response_size: 314_159, payload: payload(271_828) });
      expect(reply.payload?.body).to.deep.equal(new Uint8Array(314_159));
    },
    client_streaming: async (test) => {
      const requests = async function* () {
        for (const [, size] of PAIRS) yield { payload: payload(size) };
      };
      expect((await test.StreamingInputCall(requests())).aggregated_payload_size).to.equal(74_922);
    },
    server_streaming: async (test) => {
      const sizes: unknown[] = [];
      const request = { response_type: 0, response_parameters: parameters(...PAIRS.map(([size]) => size)) };
      for await (const { payload: one } of test.StreamingOutputCall(request)) sizes.push(one?.body.length);
      expect(sizes).to.deep.equal(PAIRS.map(([size]) => size));
    },
    ping_pong: async (test) => {
      const { source, give, end } = fed<ReturnType<typeof asked>>();
      const replies = test.FullDuplexCall(source)[Symbol.asyncIterator]();
      for (const [size, body] of PAIRS) {
        give(asked(size, body));
        expect((await replies.next()).value.payload?.body.length).to.equal(size);
      }
      end();
      expect((await replies.next()).done).to.equal(true);
    },
    empty_stream: async (test) => {
      const { source, end } = fed<never>();
      end();
      expect((await test.FullDuplexCall(source)[Symbol.asyncIterator]().next()).done).to.equal(true);
    },
    cancel_after_begin: async (test) => {
      const controller = new AbortController();
      const call = test.StreamingInputCall.with({ signal: controller.signal })(fed<never>().source);
      controller.abort();
      await refused(call, "CANCELLED");
    },
    cancel_after_first_response: async (test) => {
      const controller = new AbortController();
      const { source, give } = fed<ReturnType<typeof asked>>();
      const replies = test.FullDuplexCall.with({ signal: controller.signal })(source)[Symbol.asyncIterator]();
      give(asked(31_415, 27_182));
      expect((await replies.next()).value.payload?.body.length).to.equal(31_415);
      controller.abort();
      await refused(replies.next(), "CANCELLED");
    },
    timeout_on_sleeping_server: async (test) => {
      const { source, give } = fed<object>();
      give({ response_type: 0, response_parameters: [], payload: payload(27_182) });
      const replies = test.FullDuplexCall.with({ timeoutMs: 1 })(source as never)[Symbol.asyncIterator]();
      await refused(replies.next(), "DEADLINE_EXCEEDED");
    },
    custom_metadata: async (test) => {
      const heard = (): { head?: Metadata; trailers?: Metadata } => ({});
      const options = (told: ReturnType<typeof heard>) => ({
        metadata,
        onReplyMetadata: (head: Metadata) => Object.assign(told, { head }),
        onTrailers: (trailers: Metadata) => Object.assign(told, { trailers }),
      });
      const [unary, duplex] = [heard(), heard()];
      await test.UnaryCall.with(options(unary))({ ...simple, response_size: 314_159, payload: payload(271_828) });
      const { source, give, end } = fed<ReturnType<typeof asked>>();
      const replies = test.FullDuplexCall.with(options(duplex))(source)[Symbol.asyncIterator]();
      give(asked(314_159, 271_828));
      await replies.next();
      end();
      expect((await replies.next()).done).to.equal(true);
      for (const { head, trailers } of [unary, duplex]) {
        expect(head?.[INITIAL]).to.equal("test_initial_metadata_value");
        expect(bytesOf(trailers ?? {}, TRAILING)).to.deep.equal([new Uint8Array([0xab, 0xab, 0xab])]);
      }
    },
    status_code_and_message: async (test) => {
      const response_status = { code: 2, message: "test status message" };
      await refused(test.UnaryCall({ ...simple, response_status }), "UNKNOWN", /^test status message$/);
      const { source, give, end } = fed<object>();
      give({ response_type: 0, response_parameters: [], response_status });
      end();
      const replies = test.FullDuplexCall(source as never)[Symbol.asyncIterator]();
      await refused(replies.next(), "UNKNOWN", /^test status message$/);
    },
    special_status_message: async (test) => {
      const response_status = { code: 2, message: SPECIAL_MESSAGE };
      const error = await refused(test.UnaryCall({ ...simple, response_status }), "UNKNOWN");
      expect(error.message).to.equal(SPECIAL_MESSAGE);
    },
    unimplemented_method: async (test) => {
      await refused(test.UnimplementedCall(), "UNIMPLEMENTED");
    },
    unimplemented_service: async (_, client) => {
      const other = await client.refer(UnimplementedService);
      await refused(other.UnimplementedCall(), "UNIMPLEMENTED");
    },
  }).map(([name, run]) => [name, async (client: RpcClient) => run(await client.refer(TestService), client)]),
);
