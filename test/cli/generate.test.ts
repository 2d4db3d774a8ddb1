import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { avroProtocol, avroSchema } from "../../codecs/avro/index.ts";
import { protoText } from "../../codecs/protobuf/index.ts";
import { printContract, printTypes } from "../../core/contract/print-contract.ts";
import { arg, defineService, oneway, rpc, stream, t, topic } from "../../index.ts";
import { type Project, strict } from "../tools/project.ts";
import { Everything } from "./contracts.ts";
import { cliProject, type Said, trunkline } from "./fixture.ts";

const Line = t.struct("shop.Line", { sku: t.string, qty: t.int32 });
const Gone = t.error("shop.Gone", { sku: t.string });
const Stock = defineService(
  "shop.Stock",
  {},
  {
    reserve: rpc({ params: [arg("line", Line)], returns: t.int64, throws: [Gone] }),
    audit: oneway({ params: [arg("text", t.string)] }),
    watch: stream({ params: [arg("line", Line)], yields: Line }),
    upload: rpc({ params: [arg("lines", t.stream(Line))], returns: Line }),
    talk: stream({ params: [arg("lines", t.stream(Line))], yields: Line }),
  },
);
/** What Avro can say, and what it cannot. */
const Typed = defineService(
  "shop.Typed",
  { version: "3.0.0", group: "green" },
  {
    reserve: rpc({ params: [arg("line", Line)], returns: t.int64, throws: [Gone], idempotent: true }),
    audit: oneway({ params: [arg("line", t.string)] }),
    talk: stream({ params: [arg("topic", t.string), arg("lines", t.stream(Line))], yields: Line }),
    tell: rpc({ params: [arg("done", t.callback([arg("line", Line)]))], returns: t.bool }),
    placed: topic(Line),
  },
);
const services = `syntax = "proto3";
package shop;
import "common/money.proto";
service Orders { rpc Place(Order) returns (Order); }
service Prices { rpc Watch(stream Order) returns (stream common.Money); }
message Order { int64 id = 1; common.Money total = 4; }
message Unused { repeated string class = 1; }
`;
const money = `syntax = "proto3";
package common;
message Money { string currency = 1; sint64 units = 2; }
`;

const invoices = `syntax = "proto3";
package acme.shop.v1;
import "google/api/annotations.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
service Invoices {
  rpc GetInvoice(Invoice.Id) returns (Invoice) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc DeleteInvoice(Invoice.Id) returns (google.protobuf.Empty);
  rpc Watch(google.protobuf.Empty) returns (stream Invoice);
  rpc ChangeInvoice(Invoice) returns (Invoice) {
    option (google.api.http) = {
      put: "/v1/invoices/{id.value}/{created_at}"
      body: "*"
      response_body: "created_at"
      additional_bindings { post: "/v1/invoices:change" body: "by_number" }
      additional_bindings { custom { kind: "MERGE" path: "/v1/{note=drafts/**}" } body: "id" }
    };
  }
}
message Invoice {
  message Id { fixed64 value = 1; }
  enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_PAID = 5; }
  Id id = 1;
  State state = 4;
  google.protobuf.Timestamp created_at = 5;
  google.protobuf.StringValue note = 6;
  map<int64, Id> by_number = 7;
  oneof payment { string card = 8; sint32 points = 9; }
  repeated Invoice related = 11;
  google.protobuf.Struct extra = 12;
}
`;

/** The kinds of messages that Connect's conformance tests have. */
const mail = `syntax = "proto3";
package mail.v1;
import "google/protobuf/any.proto";
service Mail {
  rpc Send(SendRequest) returns (SendResponse);
  rpc Nothing(NothingRequest) returns (NothingRequest);
}
message NothingRequest {}
message SendRequest { repeated google.protobuf.Any parts = 1; oneof body { bytes data = 2; Error error = 3; } uint32 delay_ms = 6; }
message SendResponse { Payload payload = 1; }
message Payload { message Info { optional int64 timeout_ms = 2; repeated google.protobuf.Any requests = 3; } Info info = 2; }
message Error { optional string message = 2; repeated google.protobuf.Any details = 3; }
`;

describe("trunkline generate", () => {
  let project: Project;
  const generate = (...args: readonly string[]): Promise<Said> => trunkline(project.path, "generate", ...args);
  const written = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await generate(...args);
    expect([code, err]).to.deep.equal([0, ""]);
    return out;
  };
  /** What a generated module declares. */
  const contract = async (file: string): Promise<unknown> => {
    const { code, out, err } = await trunkline(project.path, "schema", file, "--format", "contract");
    expect([code, err]).to.deep.equal([0, ""]);
    return JSON.parse(out);
  };

  before(async function () {
    this.timeout(120_000);
    project = await cliProject();
    await project.write("everything.json", JSON.stringify(printContract(Everything)));
    await project.write("types.json", JSON.stringify(printTypes([Line, Gone.type])));
    await project.write("everything-typed.json", JSON.stringify(printContract(Typed)));
    await project.write("stock.proto", protoText(Stock));
    await project.write("stock.avpr", JSON.stringify(avroProtocol(Stock)));
    await project.write("line.avsc", JSON.stringify(avroSchema(Line)));
    await project.write("several.proto", services);
    await project.write("invoices.proto", invoices);
    await project.write("include/common/money.proto", money);
    await project.write("mail.proto", mail);
  });
  after(() => project?.[Symbol.asyncDispose]());

  it("writes the contract that a printed one was", async () => {
    const text = await written("everything.json");
    expect(text.split("\n")[0]).to.equal(
      "// Generated by trunkline generate from everything.json. Run it again instead of changing this file.",
    );
    await project.write("everything.ts", text);
    expect(await contract("everything.ts")).to.deep.equal(JSON.parse(JSON.stringify(printContract(Everything))));
  });

  it("writes types alone where there are no services", async () => {
    expect(
      await written("types.json"),
    ).to.equal(`// Generated by trunkline generate from types.json. Run it again instead of changing this file.

import { type Infer, t } from "trunkline";

export const Line = t.struct("shop.Line", { sku: t.string, qty: t.int32 });
export type Line = Infer<typeof Line>;

export const Gone = t.error("shop.Gone", { sku: t.string });
`);
  });

  it("writes the classes of a .proto file", async () => {
    expect(
      await written("stock.proto"),
    ).to.equal(`// Generated by trunkline generate from stock.proto. Run it again instead of changing this file.

import { arg, type Infer, rpc, service, stream, t, unimplemented } from "trunkline";

export const Gone = t.struct("shop.Gone", { sku: t.string });
export type Gone = Infer<typeof Gone>;

export const Line = t.struct("shop.Line", { sku: t.string, qty: t.int32 });
export type Line = Infer<typeof Line>;

export const ReserveResponse = t.struct("shop.ReserveResponse", { result: t.int64 });
export type ReserveResponse = Infer<typeof ReserveResponse>;

export const AuditRequest = t.struct("shop.AuditRequest", { text: t.string });
export type AuditRequest = Infer<typeof AuditRequest>;

export const AuditResponse = t.struct("shop.AuditResponse", {});
export type AuditResponse = Infer<typeof AuditResponse>;

@service("shop.Stock")
export abstract class Stock {
  /** Errors: Gone. */
  @rpc({ params: [arg("request", Line)], returns: ReserveResponse })
  reserve(request: Line): Promise<ReserveResponse> {
    return unimplemented(request);
  }

  /** A oneway: nobody waits for the response, which is empty. */
  @rpc({ params: [arg("request", AuditRequest)], returns: AuditResponse })
  audit(request: AuditRequest): Promise<AuditResponse> {
    return unimplemented(request);
  }

  @stream({ params: [arg("request", Line)], yields: Line })
  watch(request: Line): AsyncIterable<Line> {
    return unimplemented(request);
  }

  @rpc({ params: [arg("requests", t.stream(Line))], returns: Line })
  upload(requests: AsyncIterable<Line>): Promise<Line> {
    return unimplemented(requests);
  }

  @stream({ params: [arg("requests", t.stream(Line))], yields: Line })
  talk(requests: AsyncIterable<Line>): AsyncIterable<Line> {
    return unimplemented(requests);
  }
}
`);
  });

  it("writes what prints as a .proto file that gives the same again", async () => {
    const printed = async (source: string, name: string): Promise<string> => {
      await project.write(`${name}.ts`, await written(source));
      const { code, out, err } = await trunkline(project.path, "schema", `${name}.ts`, "--format", "proto");
      expect([code, err]).to.deep.equal([0, ""]);
      await project.write(`${name}.proto`, out);
      return out;
    };
    const once = await printed("invoices.proto", "once");
    expect(once).to.include(`service Invoices {
  rpc GetInvoice(InvoiceId) returns (Invoice) {
    option idempotency_level = NO_SIDE_EFFECTS;
  }
  rpc DeleteInvoice(InvoiceId) returns (google.protobuf.Empty);
  rpc Watch(google.protobuf.Empty) returns (stream Invoice);
  rpc ChangeInvoice(Invoice) returns (Invoice) {
    option (google.api.http) = {
      put: "/v1/invoices/{id.value}/{createdAt}"
      body: "*"
      response_body: "createdAt"
      additional_bindings {
        post: "/v1/invoices:change"
        body: "byNumber"
      }
      additional_bindings {
        body: "id"
        custom: { kind: "MERGE" path: "/v1/{note=drafts/**}" }
      }
    };
  }
}
`);
    expect(once).to.include('import "google/api/annotations.proto";');
    for (const file of ["empty", "struct", "timestamp", "wrappers"]) {
      expect(once).to.include(`import "google/protobuf/${file}.proto";`);
    }
    for (const field of ["map<int64, InvoiceId> byNumber = 7;", "optional sint32 points = 9;", "fixed64 value = 1;"]) {
      expect(once).to.include(field);
    }
    expect(await printed("once.proto", "twice")).to.equal(once);
  });

  it("gives google.protobuf.Any the messages of the file, for JSON", async () => {
    const text = await written("mail.proto");
    expect(text).to.include('import { anyOf, type AnyType } from "trunkline/codecs/protobuf";');
    expect(text).to.include(`export const GoogleProtobufAny: AnyType = anyOf(() => [
  NothingRequest,
  MailV1Error,
  SendRequest,
  PayloadInfo,
  Payload,
  SendResponse,
]);
export type GoogleProtobufAny = Infer<typeof GoogleProtobufAny>;
`);
    await project.write("mail.ts", text);
    await project.write(
      "mail-json.mjs",
      `import { json } from "trunkline/codecs/json";
import { pack } from "trunkline/codecs/protobuf";
import { Output } from "trunkline/core";
import { SendRequest } from "./mail.ts";
const request = JSON.parse(\`{"parts":[{"@type":"type.googleapis.com/mail.v1.SendRequest","data":"AQ==","delayMs":5}]}\`);
const codec = json().compile(SendRequest, SendRequest);
const bytes = new TextEncoder().encode(JSON.stringify(request));
const out = new Output();
codec.encodeInto(codec.decode(bytes, 0, bytes.length), out);
console.log(new TextDecoder().decode(out.toBytes()));
`,
    );
    const stdout = await project.node("--import", "tsx", "mail-json.mjs");
    expect(stdout.trim()).to.equal(
      '{"parts":[{"@type":"type.googleapis.com/mail.v1.SendRequest","parts":[],"data":"AQ==","delayMs":5}],"delayMs":0}',
    );
    const { docs: _, ...original } = (await contract("mail.proto")) as { docs: object };
    expect(await contract("mail.ts")).to.deep.equal(original);
  });

  it("writes the class of an Avro protocol, and the type of a schema", async () => {
    expect(
      await written("stock.avpr"),
    ).to.equal(`// Generated by trunkline generate from stock.avpr. Run it again instead of changing this file.

import { arg, type Infer, oneway, rpc, service, t, unimplemented } from "trunkline";

export const Line = t.struct("shop.Line", { sku: t.string, qty: t.int32 });
export type Line = Infer<typeof Line>;

export const Gone = t.error("shop.Gone", { sku: t.string });

/** Avro has no streams, no topics, no functions as arguments and no values without a type: the operations that have are no messages, and stand under x-operations. */
@service("shop.Stock")
export abstract class Stock {
  @rpc({ params: [arg("line", Line)], returns: t.int64, throws: [Gone] })
  reserve(line: Line): Promise<bigint> {
    return unimplemented(line);
  }

  @oneway({ params: [arg("text", t.string)] })
  audit(text: string): void {
    unimplemented(text);
  }
}
`);
    expect(await written("line.avsc")).to.include('export const Line = t.struct("shop.Line"');
  });

  it("writes all of a contract that was printed as an Avro protocol, until the protocol is changed", async () => {
    const { out } = await trunkline(project.path, "schema", "everything-typed.json", "--format", "avro");
    await project.write("printed.avpr", out);
    expect(await contract("printed.avpr")).to.deep.equal(await contract("everything-typed.json"));
    await project.write("printed.avpr", out.replace('"name": "line"', '"name": "row"'));
    const changed = (await contract("printed.avpr")) as { members: { kind: string; params?: { name: string }[] }[] };
    expect(changed.members[0]?.params?.[0]?.name).to.equal("row");
    expect(changed.members.some(({ kind }) => kind === "topic")).to.equal(false);
  });

  it("writes one service of several", async () => {
    const all = await written("several.proto", "--include", "include");
    expect(all.match(/^export abstract class \w+/gm)).to.deep.equal([
      "export abstract class Orders",
      "export abstract class Prices",
    ]);
    expect(all).to.include("export const Unused");
    const one = await written("several.proto", "--include", "include", "--service", "Prices");
    expect(one.match(/^export abstract class \w+/gm)).to.deep.equal(["export abstract class Prices"]);
    expect(one).not.to.include("Unused");
  });

  it("checks what is there, and writes nothing then", async () => {
    const path = join(project.path, "checked.ts");
    const check = (): Promise<Said> => generate("types.json", "--out", "checked.ts", "--check");
    expect(await check()).to.deep.equal({
      code: 1,
      out: "",
      err: "checked.ts cannot be read; run the same without --check\n",
    });
    expect(await generate("types.json", "--out", "checked.ts")).to.deep.equal({ code: 0, out: "", err: "" });
    expect(await check()).to.deep.equal({ code: 0, out: "", err: "" });
    await project.write("checked.ts", (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
    expect(await check()).to.deep.equal({ code: 0, out: "", err: "" });
    const text = `${await readFile(path, "utf8")}// changed\n`;
    await project.write("checked.ts", text);
    expect(await check()).to.deep.equal({
      code: 1,
      out: "",
      err: "checked.ts is not what types.json gives; run the same without --check\n",
    });
    expect(await readFile(path, "utf8")).to.equal(text);
  });

  it("says what is wrong, and what would be right", async () => {
    const wrong: [readonly string[], string][] = [
      [[], "say from what: trunkline generate orders.proto --out orders.ts"],
      [["types.json", "--check"], "--check needs the file to look at: add --out orders.ts"],
      [["everything.json", "--service", "Nope"], "everything.json: has no contract Nope; it has shop.Orders"],
      [["types.json", "--service", "Nope"], "types.json: declares no contract"],
      [["types.json", "everything.json"], "everything.json is one file too many"],
      [["nowhere.proto"], "nowhere.proto: there is no such file"],
    ];
    for (const [args, message] of wrong) {
      const { code, out, err } = await generate(...args);
      expect([code, out], err).to.deep.equal([2, ""]);
      expect(err)
        .to.include(message)
        .and.match(/^trunkline generate: [^\n]+\n$/);
    }
  });

  it("writes what compiles under the strictest options", async function () {
    this.timeout(120_000);
    const sources = [
      "everything.json",
      "types.json",
      "stock.proto",
      "stock.avpr",
      "line.avsc",
      "several.proto",
      "invoices.proto",
      "mail.proto",
    ];
    const files = sources.map((source) => `generated/${source.replace(".", "-")}.ts`);
    for (const [i, source] of sources.entries()) {
      await project.write(files[i] as string, await written(source, "--include", "include"));
    }
    const compilerOptions = { ...strict, skipLibCheck: true, outDir: "out", rootDir: "." };
    await project.write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
    await project.tsc("-p", ".");
  });
});
