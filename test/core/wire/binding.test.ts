import { expect } from "chai";
import { json } from "../../../codecs/json/index.ts";
import { wireText } from "../../../core/contract/print-contract.ts";
import { settle } from "./capture-pipe.ts";
import { bindFrame, clientSide, names, op, readyServer, type ServerSide, Small, serverSide } from "./fixture.ts";
import { callFrame, frameOf, hello, u16, welcome } from "./frames.ts";

const contract = JSON.parse(wireText(Small));

function bound(side: ServerSide): { error?: { code: string; message: string }; send?: string; contract?: object } {
  const [frame] = side.pipe.frames();
  expect(frame?.type).to.equal("BOUND");
  return JSON.parse(String(frame?.body.subarray(2)));
}

describe("wire: binding", () => {
  it("asks for the contract where the fingerprints differ, and answers with its own", async () => {
    const side = await readyServer({}, false);
    await side.receive(bindFrame({ fingerprint: "" }));
    expect(bound(side)).to.deep.equal({ send: "contract" });
    await side.receive(bindFrame({ fingerprint: "", contract }));
    expect(bound(side).contract).to.deep.equal(contract);
    await side.receive(callFrame(op.inc, 0, { n: 1 }));
    expect(side.pipe.frames()[0]?.body.subarray(4).toString()).to.equal('{"result":2}');
  });

  it("leaves no gap for a second BIND while the first is being agreed on", async () => {
    const side = await readyServer({}, false);
    const { length } = names;
    await side.receive(
      bindFrame({ fingerprint: "other" }, 0, 0),
      bindFrame({}, 1, length),
      bindFrame({ contract, fingerprint: "other" }, 0, 0),
    );
    expect(side.pipe.frames().map(({ type }) => type)).to.deep.equal(["BOUND", "BOUND", "BOUND"]);
    for (const base of [0, length]) {
      await side.receive(callFrame(base, 0, { n: 1 }));
      expect(side.pipe.frames()[0]?.type).to.equal("REPLY");
    }
  });

  it("answers UNIMPLEMENTED where a BIND failed or an operation is missing", async () => {
    const side = await readyServer({}, false);
    await side.receive(
      bindFrame({ service: "no.Such" }),
      bindFrame({ operations: ["inc", "absent"] }, 1, names.length),
    );
    side.pipe.frames();
    await side.receive(callFrame(0, 0, {}), callFrame(names.length + 1, 1, {}), callFrame(names.length, 2, { n: 1 }));
    const frames = side.pipe.frames();
    expect(frames.map(({ type, body }) => `${type} ${body[4]}`)).to.deep.equal(["ERROR 12", "ERROR 12", "REPLY 123"]);
  });

  const refused: readonly (readonly [string, object, string, string])[] = [
    ["an unknown service", { service: "no.Such" }, "UNIMPLEMENTED", "no no.Such"],
    ["an unknown codec", { codec: "morse" }, "UNIMPLEMENTED", "no codec morse; it has json"],
    ["a contract that is a word", { contract: "junk" }, "INVALID_ARGUMENT", "malformed"],
    ["a contract that is null", { contract: null }, "INVALID_ARGUMENT", "malformed"],
    ["a contract of another form", { contract: { ...contract, trunkline: "contract/9" } }, "INVALID_ARGUMENT", "form"],
    ["types that are null", { contract: { ...contract, types: { "a.X": null } } }, "INVALID_ARGUMENT", "a.X: expected"],
    [
      "members that are null",
      { contract: { ...contract, members: [null] } },
      "INVALID_ARGUMENT",
      "members[0]: expected",
    ],
    [
      "callbacks that are a word",
      { contract: withParam({ callback: "junk" }) },
      "INVALID_ARGUMENT",
      "expected an object",
    ],
    ["a type that is not described", { contract: { ...contract, types: {} } }, "INVALID_ARGUMENT", "is not described"],
    [
      "a field that is null",
      { contract: { ...contract, types: { x: { kind: "struct", fields: [null] } } } },
      "INVALID_ARGUMENT",
      "x, a field: expected an object",
    ],
    ["a prototype's name as a type", { contract: withField("__proto__") }, "INVALID_ARGUMENT", "is not described"],
    ["an endless nesting", { contract: withField("list<".repeat(100_000)) }, "INVALID_ARGUMENT", "is not a type"],
    [
      "a deep nesting",
      { contract: withField(`${"list<".repeat(60)}int32${">".repeat(60)}`) },
      "FAILED_PRECONDITION",
      "do not fit",
    ],
    [
      "a name that is none",
      { contract: withParam({ name: "x: evil()", type: "int32" }) },
      "INVALID_ARGUMENT",
      "usable name",
    ],
    [
      "two members of one name",
      { contract: { ...contract, members: [...contract.members, contract.members[0]] } },
      "INVALID_ARGUMENT",
      "stands twice",
    ],
    ["a field of another type", { contract: withField("string") }, "FAILED_PRECONDITION", "do not fit"],
  ];
  for (const [what, change, code, message] of refused) {
    it(`refuses ${what}, and the connection lives on`, async () => {
      const side = await readyServer();
      const began = performance.now();
      await side.receive(bindFrame({ fingerprint: "other", ...change }, 1, names.length));
      const { error } = bound(side);
      expect(error?.code).to.equal(code);
      expect(error?.message).to.contain(message);
      expect(performance.now() - began).to.be.below(1000);
      await side.receive(callFrame(op.inc, 0, { n: 1 }));
      expect(side.pipe.frames()[0]?.type).to.equal("REPLY");
    });
  }

  it("counts bindings, those that fail too", async () => {
    const side = await readyServer({ limits: { maxBindings: 3 } });
    await side.receive(bindFrame({ service: "no.Such" }, 1, 0), bindFrame({ service: "no.Such" }, 2, 0));
    side.pipe.frames();
    await side.receive(bindFrame({}, 3, 0));
    expect(bound(side).error).to.deep.include({ code: "RESOURCE_EXHAUSTED" });
  });

  const answers: readonly (readonly [string, object, string, string])[] = [
    ["an error with a code that does not exist", { error: { code: "toString", message: "x" } }, "UNKNOWN", "x"],
    ["an error that is null", { error: null }, "UNKNOWN", ""],
    ["an error", { error: { code: "UNIMPLEMENTED", message: "not here" } }, "UNIMPLEMENTED", "not here"],
    ["a junk contract", { contract: [] }, "INVALID_ARGUMENT", "malformed"],
    ["a contract that does not fit", { contract: withField("string") }, "FAILED_PRECONDITION", "do not fit"],
  ];
  for (const [what, answer, code, message] of answers) {
    it(`fails at the client by ${what}, and the connection lives on`, async () => {
      const side = clientSide();
      await side.receive(welcome());
      const outcome = side.session.bind(Small, json()).catch((error: unknown) => error);
      await settle();
      await side.receive(frameOf("BOUND", 0, u16(0), answer));
      const error = (await outcome) as { code: string; message: string };
      expect(error.code).to.equal(code);
      expect(error.message).to.contain(message);
      expect(side.session.closed).to.equal(false);
    });
  }

  it("says so where the contract is longer than the peer takes", async () => {
    const limits = { instance: "i1", window: 1, maxMessageBytes: 250 };
    const side = clientSide();
    await side.receive(welcome(limits));
    const outcome = side.session.bind(Small, json()).catch((error: unknown) => error);
    await side.receive(frameOf("BOUND", 0, u16(0), { send: "contract" }));
    expect(await outcome).to.include({ code: "RESOURCE_EXHAUSTED" });
    expect(side.session.closed).to.equal(false);

    const server = serverSide();
    await server.receive(hello({ maxMessageBytes: 250 }));
    server.pipe.frames();
    await server.receive(bindFrame({ fingerprint: "other", contract: JSON.parse(JSON.stringify(contract)) }, 1, 0));
    expect(bound(server).error).to.deep.include({ code: "RESOURCE_EXHAUSTED" });
  });

  it("fails at the client when the connection is lost", async () => {
    const side = clientSide();
    await side.receive(welcome());
    const outcome = side.session.bind(Small, json()).catch((error: unknown) => error);
    side.pipe.close();
    expect(await outcome).to.include({ code: "UNAVAILABLE" });
  });
});

/** The contract of `Small` in which the parameter of `inc` is another. */
function withParam(param: object): object {
  const [inc, ...others] = contract.members;
  return { ...contract, members: [{ ...inc, params: [{ name: "n", ...param }] }, ...others] };
}

function withField(type: string): object {
  return withParam({ type });
}
