import { expect } from "chai";
import { LazyStream } from "../../../core/call/lazy-stream.ts";
import { StreamReader } from "../../../core/call/stream.ts";
import { emptyMetadata } from "../../../core/metadata.ts";
import type { ServicePort, StreamRequest } from "../../../core/transport.ts";
import { RpcError } from "../../../index.ts";
import { ManualPlatform } from "../wire/manual-platform.ts";

interface Lazy {
  readonly stream: LazyStream;
  readonly reader: StreamReader;
  readonly platform: ManualPlatform;
  readonly asked: () => number;
}

function lazy({ signal, timeoutMs }: { signal?: AbortSignal; timeoutMs?: number } = {}): Lazy {
  const reader = new StreamReader(
    10_000,
    () => {},
    () => {},
  );
  let asked = 0;
  const next = reader.next.bind(reader);
  reader.next = () => {
    asked++;
    return next();
  };
  const port = { open: () => reader } as unknown as ServicePort;
  const platform = new ManualPlatform();
  const deadline = timeoutMs === undefined ? undefined : platform.now() + timeoutMs;
  const request = { method: { name: "watch" }, args: [], metadata: emptyMetadata, deadline, signal };
  const stream = new LazyStream(port, platform, request as unknown as StreamRequest);
  return { stream, reader, platform, asked: () => asked };
}

const value = (result: IteratorResult<unknown>): unknown => (result.done ? "end" : result.value);

describe("call: LazyStream", () => {
  it("hands out what waits at once, and in order with those who waited", async () => {
    const { stream, reader, asked } = lazy();
    const first = [stream.next(), stream.next()];
    await Promise.resolve();
    for (const item of ["a", "b", "c", "d", "e"]) reader.push(item, 1);
    const later = [stream.next(), stream.next(), stream.next()];
    expect((await Promise.all([...first, ...later])).map(value)).to.deep.equal(["a", "b", "c", "d", "e"]);
    const before = asked();
    reader.push("f", 1);
    expect(value(await stream.next())).to.equal("f");
    expect(asked()).to.equal(before);
    reader.end();
    expect(value(await stream.next())).to.equal("end");
  });

  it("gives no item after its signal, though one waits", async () => {
    const abort = new AbortController();
    const { stream, reader } = lazy({ signal: abort.signal });
    const first = stream.next();
    await Promise.resolve();
    reader.push("a", 1);
    expect(value(await first)).to.equal("a");
    reader.push("b", 1);
    abort.abort();
    const cancelled = await stream.next().catch((error: unknown) => error);
    expect((cancelled as RpcError).code).to.equal("CANCELLED");
    expect(RpcError.is(cancelled)).to.equal(true);
    expect(value(await stream.next())).to.equal("end");
  });

  it("gives what came before an error, then the error", async () => {
    const { stream, reader } = lazy();
    const first = stream.next();
    await Promise.resolve();
    reader.push("a", 1);
    reader.push("b", 1);
    reader.end(new RpcError({ code: "UNAVAILABLE", message: "lost" }));
    expect(value(await first)).to.equal("a");
    expect(value(await stream.next())).to.equal("b");
    expect(String(await stream.next().catch((error: unknown) => error))).to.contain("lost");
    expect(value(await stream.next())).to.equal("end");
  });

  it("has not ended well where the server saw its deadline first", async () => {
    const { stream, reader, platform } = lazy({ timeoutMs: 40 });
    const first = stream.next();
    await Promise.resolve();
    reader.push("a", 1);
    expect(value(await first)).to.equal("a");
    const second = stream.next();
    platform.block(40);
    reader.end();
    const late = await second.catch((error: unknown) => error);
    expect(String(late)).to.contain("watch: the stream was still open at its deadline");
    expect(value(await stream.next())).to.equal("end");
    expect(platform.timers).to.equal(0);
  });

  it("has ended well where the end came in time", async () => {
    const { stream, reader, platform } = lazy({ timeoutMs: 40 });
    const first = stream.next();
    platform.block(39);
    reader.end();
    expect(value(await first)).to.equal("end");
    expect(platform.timers).to.equal(0);
  });
});
