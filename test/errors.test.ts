import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { codes } from "../core/code.ts";
import { messagesOf } from "./tools/messages.ts";
import { root } from "./tools/project.ts";
import { packageSources } from "./tools/sources.ts";

/** Where an error gets a message that was written elsewhere. */
const passedOn: Readonly<Record<string, string>> = {
  "transports/http/web.ts": "what the server said",
  "web-fetch.ts": "what createMetadata said",
  "codecs/protobuf/status.ts": "what the other side said",
  "core/link/admission.ts": "refuse: the words of the application",
  "core/call/call-metadata.ts": "what createMetadata said",
  "core/call/read-error.ts": "what the other side said",
  "core/error.ts": "RpcError.from: the caller's text, found there",
  "core/wire/binder.ts": "came over the wire",
  "registry/node-error.ts": "the same error, with the position of the operation",
  "transports/grpc/status.ts": "what grpc-js says of a call that it has not sent",
  "transports/http/hessian/status.ts": "what the other side said",
};

const page = readFileSync(join(root, "docs/errors.md"), "utf8");
const row = /^\| `(\w+)` \| `((?:[^`\\]|\\.)+)` \| (.+) \|$/gm;
const documented = [...page.matchAll(row)].map(([, code, text = ""]) => `${code}: ${text.replaceAll("\\|", "|")}`);

const found = packageSources().flatMap(messagesOf);
const written = found.filter(
  ({ text }) => text !== "undefined" && text !== "protocol error: {}; the connection is cut",
);

describe("docs/errors.md", () => {
  it("is compared with all errors that the code makes", () => {
    const source = {
      path: "a.ts",
      imports: [],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code, as text
      text: 'const message = `a; ${b("`")}`;\nnew RpcError({ code: "ABORTED", message });\nthrow new TypeError(x ? "b" : `c ${1}`);',
    };
    expect(messagesOf(source)).to.deep.equal([
      { code: "ABORTED", text: "a; {}", at: "a.ts:2" },
      { code: "TypeError", text: "b", at: "a.ts:3" },
      { code: "TypeError", text: "c {}", at: "a.ts:3" },
    ]);
    expect(written.length).to.be.above(120);
    const unread = found.filter(({ text }) => text === "undefined").map(({ at }) => at.replace(/:\d+$/, ""));
    expect([...new Set(unread)].sort()).to.deep.equal(Object.keys(passedOn).sort());
  });

  it("lists every message of the code", () => {
    const missing = written.filter(({ code, text }) => !documented.includes(`${code}: ${text}`));
    expect(missing.map(({ code, text, at }) => `${at} | \`${code}\` | \`${text}\` |`)).to.deep.equal([]);
  });

  it("lists nothing that the code does not say", () => {
    const said = new Set(written.map(({ code, text }) => `${code}: ${text}`));
    expect(documented.filter((line) => !said.has(line))).to.deep.equal([]);
  });

  it("lists nothing twice, and leaves no cell empty", () => {
    expect(documented.filter((line, i) => documented.indexOf(line) !== i)).to.deep.equal([]);
    expect(page.split("\n").filter((line) => /^\|.*\|\s+\|/.test(line))).to.deep.equal([]);
  });

  it("lists every code with its number", () => {
    const listed = [...page.matchAll(/^\| (\d+) \| `(\w+)` \| .+ \|$/gm)].map(([, number, code]) => [
      code,
      Number(number),
    ]);
    expect(listed).to.deep.equal(Object.entries(codes));
  });
});
