import { expect } from "chai";
import { contractOf } from "../../../core/contract/service.ts";
import { featuresOf, lackedByAll, lacksFor, wordsOf } from "../../../core/link/lack.ts";
import type { Feature, Transport } from "../../../core/transport.ts";
import { arg, defineService, oneway, rpc, stream, t, topic } from "../../../index.ts";

const contract = contractOf(
  defineService(
    "link.All",
    {},
    {
      ask: rpc({ params: [], returns: t.string }),
      note: oneway({ params: [] }),
      steps: rpc({ params: [arg("tell", t.callback([]))] }),
      count: stream({ params: [], yields: t.int32 }),
      sum: rpc({ params: [arg("numbers", t.stream(t.int32))], returns: t.int32 }),
      upper: stream({ params: [arg("words", t.stream(t.string)), arg("tell", t.callback([]))], yields: t.string }),
      placed: topic(t.string),
    },
  ),
);

const lacking = (...features: Feature[]): Transport => ({ lacks: () => features }) as unknown as Transport;
const words = (...features: Feature[]): string => wordsOf(lacksFor(contract, lacking(...features), "x://y"));

describe("what a transport lacks", () => {
  it("is compared with what each operation needs", () => {
    expect(Object.fromEntries(contract.operations.map((one) => [one.name, featuresOf(one)]))).to.deep.equal({
      ask: [],
      note: ["oneways"],
      steps: ["callbacks"],
      count: ["server streams"],
      sum: ["client streams"],
      upper: ["bidirectional streams", "callbacks"],
      "placed.publish": ["topics"],
      "placed.subscribe": ["topics", "server streams"],
    });
  });

  it("is told by name, a topic once", () => {
    expect(words()).to.equal("");
    expect(words("callbacks")).to.equal("steps (callbacks), upper (callbacks)");
    expect(words("topics", "oneways")).to.equal("note (oneways), placed (topics)");
    expect(words("server streams")).to.equal("count (server streams), placed (server streams)");
    expect(words("bidirectional streams", "callbacks")).to.contain("upper (bidirectional streams, callbacks)");
    expect(lacksFor(contract, {} as Transport, "x://y").size).to.equal(0);
  });

  it("is asked for the URL that is called", () => {
    const transport = { lacks: (url: string) => (url.startsWith("h1:") ? ["bidirectional streams"] : []) };
    const names = (url: string) => wordsOf(lacksFor(contract, transport as unknown as Transport, url));
    expect([names("h1://x"), names("h2://x")]).to.deep.equal(["upper (bidirectional streams)", ""]);
  });

  it("by several is what each of them lacks", () => {
    const of = (...features: Feature[]) => lacksFor(contract, lacking(...features), "x://y");
    const both = lackedByAll([of("callbacks", "oneways"), of("client streams", "bidirectional streams", "oneways")]);
    expect(wordsOf(both)).to.equal("note (oneways), upper (callbacks)");
    expect(lackedByAll([of("callbacks"), of()]).size).to.equal(0);
    expect(lackedByAll([]).size).to.equal(0);
  });
});
