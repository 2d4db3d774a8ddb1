import { Adapters } from "../../adapters.ts";
import type { Codec } from "../../core/codec.ts";
import { RpcError } from "../../core/error.ts";
import { type Unfolding, unfoldingMessage, unfoldings } from "./unfolding.ts";

/* A process with little memory, started by unfolding.test.ts: reads what unfolds and says, by line, what became of it. */

const [word, size] = process.argv.slice(2) as [string, string];
const gc = (globalThis as unknown as { gc: () => void }).gc;

function used(): number {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function read(codec: Codec, unfolding: Unfolding): object {
  const [type, bytes] = unfoldingMessage(codec, unfolding, Number(size));
  const { decode } = codec.compile(type, type);
  const before = used();
  let value: unknown;
  try {
    value = decode(bytes, 0, bytes.length);
  } catch (thrown) {
    return { bytes: bytes.length, refused: RpcError.is(thrown) ? thrown.code : String(thrown) };
  }
  const grown = used() - before;
  return { bytes: bytes.length, grown, value: typeof value };
}

const codec = await new Adapters([]).codecOf(word);
for (const unfolding of unfoldings(codec)) {
  process.stdout.write(`{"name":"${unfolding.name}"}\n`);
  process.stdout.write(`${JSON.stringify({ name: unfolding.name, ...read(codec, unfolding) })}\n`);
  // What the stack still holds of one message must not be taken for memory of the next.
  await new Promise(setImmediate);
}
