import { decode as decodeCbor, Encoder } from "cbor-x";
import { expect } from "chai";
import { cbor } from "../../examples/cbor/index.ts";
import { arg, connect, defineService, implement, rpc, serve, t } from "../../index.ts";
import { codecSuite, decode, encode, failure } from "../codecs/suite.ts";
import { holding, Order, order } from "../codecs/types.ts";
import { filesUnder, readSource } from "../tools/sources.ts";

codecSuite("cbor, of a third party", cbor());

describe("examples/cbor", () => {
  it("imports nothing but what trunkline/core exports", () => {
    const imports = filesUnder("examples/cbor").flatMap((path) => readSource(path).imports);
    const outside = imports.filter((name) => !name.startsWith("examples/cbor/"));
    expect([...new Set(outside)]).to.deep.equal(["core/index.ts"]);
  });

  it("is understood by another library, and understands it", () => {
    expect(decodeCbor(encode(cbor(), Order, order))).to.deep.equal({ ...order, id: BigInt(order.id) });
    const theirs = new Encoder({ useRecords: false, mapsAsObjects: true }).encode(order);
    expect(decode(cbor(), Order, Order, theirs)).to.deep.equal(order);
  });

  it("reads the examples of the specification", () => {
    const vectors: [string, unknown, unknown][] = [
      ["1903e8", t.int32, 1000],
      ["1bffffffffffffffff", t.int64, undefined],
      ["f93c00", t.float64, 1],
      ["f90001", t.float64, 2 ** -24],
      ["f97e00", t.float64, Number.NaN],
      ["fa47c35000", t.float32, 100000],
      ["62c3bc", t.string, "ü"],
      ["c11a514b67b0", t.timestamp, new Date("2013-03-21T20:04:00Z")],
      ["83010203", t.list(t.int32), [1, 2, 3]],
    ];
    for (const [hex, type, value] of vectors) {
      const bytes = Buffer.from(`a16576616c7565${hex}`, "hex");
      const read = (): unknown => (decode(cbor(), holding(type), holding(type), bytes) as { value: unknown }).value;
      if (value === undefined) expect(failure(read).message).to.equal("cbor: an integer of more than 64 bits");
      else expect(read()).to.deep.equal(value);
    }
  });

  it("refuses what is declared and not there, and what is no CBOR", () => {
    for (const hex of [
      "",
      "a1",
      "bb7fffffffffffffff",
      "5b7fffffffffffffff",
      "9a7fffffff",
      "a101f6",
      "ff",
      "a0a0",
      "61ff",
    ]) {
      const error = failure(() => decode(cbor(), Order, Order, Buffer.from(hex, "hex")));
      expect([error.code, error.message.slice(0, 6)], hex).to.deep.equal(["INVALID_ARGUMENT", "cbor: "]);
    }
  });

  it("is handed to both sides, and carries calls", async () => {
    const Echo = defineService("cbor.Echo", {}, { echo: rpc({ params: [arg("order", Order)], returns: Order }) });
    await using server = await serve({
      services: [implement(Echo, { echo: (given) => given })],
      listen: ["tcp://127.0.0.1:0"],
      codecs: [cbor()],
    });
    await using client = await connect({ endpoints: server.endpoints, codec: cbor() });
    const echo = await client.refer(Echo);
    expect(await echo.echo(order)).to.deep.equal(order);
  });
});
