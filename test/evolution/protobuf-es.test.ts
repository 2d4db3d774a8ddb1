import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { protobuf } from "../../codecs/protobuf/index.ts";
import type { StructType } from "../../core/type/type.ts";
import { descriptorOf, fromMessage } from "../codecs/protobuf-es.ts";
import { encode } from "../codecs/suite.ts";
import { root } from "../tools/project.ts";
import { cases } from "./cases.ts";
import { marks, measure, measured } from "./measure.ts";

const codec = protobuf();

/** What Protobuf-ES reads, as a peer of another make does. */
function elsewhere(writer: StructType, reader: StructType): (value: object) => unknown {
  const descriptor = descriptorOf(reader);
  return (value) => fromMessage(reader, fromBinary(descriptor, encode(codec, writer, value)), descriptor);
}

describe("evolution in another implementation of Protobuf", () => {
  it("differs from ours where docs/evolution.md says so", () => {
    const rows: string[] = [];
    // It has no int53, and no words for the numbers of an enum that it does not know.
    for (const one of cases.filter(({ change }) => !change.includes("int53"))) {
      const ours = measure(codec, one, "stored").map((outcome) => marks[outcome]);
      const theirs = [
        measured(one.toOld, elsewhere(one.new, one.old), () => {}),
        measured(one.toNew, elsewhere(one.old, one.new), () => {}),
      ].map((outcome) => marks[outcome]);
      if (ours.join() !== theirs.join()) rows.push(`| ${one.change} | ${ours.join(" ")} | ${theirs.join(" ")} |`);
    }
    expect(rows.length).to.be.above(0);
    expect(readFileSync(join(root, "docs/evolution.md"), "utf8")).to.include(rows.join("\n"));
  });
});
