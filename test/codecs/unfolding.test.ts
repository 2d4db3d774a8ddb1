import { expect } from "chai";
import { root } from "../tools/project.ts";
import { run } from "../tools/run.ts";

const SIZE = 200_000;
const NODE = ["--import", "tsx", "--expose-gc", "--max-old-space-size=160"];

interface Read {
  readonly name: string;
  readonly bytes?: number;
  readonly grown?: number;
  readonly refused?: string;
}

describe("bytes that unfold", () => {
  for (const codec of ["json", "msgpack", "protobuf", "avro", "hessian2"]) {
    it(`take at most 20 times their size and 20 MB of memory, or are refused: ${codec}`, async function () {
      this.timeout(180_000);
      const args = [...NODE, "test/codecs/unfold.ts", codec, String(SIZE)];
      const { code, stdout, stderr } = await run(process.execPath, args, { cwd: root, timeoutMs: 170_000 });
      const lines = stdout.split("\n").filter((line) => line !== "");
      const read = lines.map((line) => JSON.parse(line) as Read);
      expect(code, `${read.at(-1)?.name}: ${stderr.slice(0, 2000)}`).to.equal(0);
      const done = read.filter(({ bytes }) => bytes !== undefined);
      expect(done.length).to.be.at.least(25);
      for (const { name, bytes = 0, grown, refused } of done) {
        if (grown === undefined) expect(refused, name).to.equal("RESOURCE_EXHAUSTED");
        else expect(grown, name).to.be.at.most(20 * bytes + 20_000_000);
      }
    });
  }
});
