import { join } from "node:path";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { avro } from "../../codecs/avro/index.ts";
import { hessian2 } from "../../codecs/hessian2/index.ts";
import { json } from "../../codecs/json/index.ts";
import { readMoment } from "../../codecs/json/timestamp.ts";
import { msgpack } from "../../codecs/msgpack/index.ts";
import { protobuf } from "../../codecs/protobuf/index.ts";
import * as native from "../../core/bytes/text.ts";
import { isWellFormedAs } from "../../core/bytes/unicode.ts";
import { readText } from "../../core/bytes/utf8.ts";
import type { Codec } from "../../core/codec.ts";
import { t } from "../../core/schema/t.ts";
import { isWellFormed } from "../../core/well-formed.ts";
import { root } from "../tools/project.ts";
import { decode, encode, failure, roundTrip } from "./suite.ts";

const codecs: Readonly<Record<string, Codec>> = {
  json: json(),
  msgpack: msgpack(),
  protobuf: protobuf(),
  avro: avro(),
  hessian2: hessian2(),
};
const Note = t.struct("text.Note", { before: t.int32, text: t.string, after: t.int32 });

/** Sentences whose repetition ends in the middle of a character of several units or an escape. */
const sentences: Readonly<Record<string, string>> = {
  ascii: "the quick brown fox ",
  escaped: 'say "no"\\now,\n\t\u0001or not; ',
  backslashes: "a\\\\\\b",
  latin: "Zoë öffnete ",
  han: "港に船が着いた。",
  "outside of the basic plane": "🚢 at 🌊🌊 ",
  "with a replacement character": "what \ufffd is ",
  "late beyond ASCII": `${"only ascii, ".repeat(9)}ü`,
};
/** Around where ways of reading and writing change, and beyond. */
const lengths = [
  0, 1, 15, 16, 17, 24, 25, 31, 32, 63, 64, 65, 130, 399, 401, 512, 520, 1100, 4095, 4097, 33_000, 66_000,
];

function textOf(sentence: string, length: number): string {
  const text = sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length);
  return isWellFormed(text) ? text : `${text.slice(0, -1)}.`;
}

/** The same module as a browser has it: without `Buffer`. */
function withoutBuffer(): typeof native {
  const entryPoints = [join(root, "core/bytes/text.ts")];
  const { outputFiles } = buildSync({ entryPoints, bundle: true, format: "iife", globalName: "text", write: false });
  return new Function("globalThis", `${outputFiles[0]?.text}\nreturn text;`)({}) as typeof native;
}

describe("text", () => {
  for (const [name, codec] of Object.entries(codecs)) {
    it(`of every kind and length goes through ${name}`, () => {
      for (const [kind, sentence] of Object.entries(sentences)) {
        for (const length of lengths) {
          const note = { before: 1, text: textOf(sentence, length), after: 2 };
          expect(roundTrip(codec, Note, note), `${kind}, ${length}`).to.deep.equal(note);
        }
      }
    });

    it(`with half a surrogate pair is refused by ${name}, however long`, () => {
      for (const length of lengths) {
        for (const half of ["\ud83d", "\udea2", "\udea2\ud83d"]) {
          for (const sentence of Object.values(sentences)) {
            const text = textOf(sentence, length);
            for (const broken of [text + half, half + text, `${text}${half}${text}`]) {
              const error = failure(() => encode(codec, Note, { before: 1, text: broken, after: 2 }));
              expect(error.message).to.match(/^text: /);
            }
          }
        }
      }
    });
  }

  it("that is no UTF-8 is refused by Protobuf and Avro, however long", () => {
    for (const name of ["protobuf", "avro"]) {
      const codec = codecs[name] as Codec;
      for (const length of lengths.slice(1)) {
        const bytes = encode(codec, Note, { before: 1, text: "x".repeat(length), after: 2 });
        const at = Buffer.from(bytes).lastIndexOf("x");
        for (const wrong of [0xff, 0x80, 0xc3, 0xed]) {
          const broken = bytes.slice();
          broken[at] = wrong;
          expect(failure(() => decode(codec, Note, Note, broken)).code, `${name}, ${length}`).to.equal(
            "INVALID_ARGUMENT",
          );
        }
      }
    }
  });

  it("that is no UTF-8 of Java's is refused by Hessian, however long", () => {
    const codec = codecs.hessian2 as Codec;
    for (const length of lengths.slice(1)) {
      const bytes = encode(codec, Note, { before: 1, text: "x".repeat(length), after: 2 });
      const at = Buffer.from(bytes).lastIndexOf("x");
      for (const wrong of [0xff, 0x80, 0xc3, 0xed, 0xf0]) {
        const broken = bytes.slice();
        broken[at] = wrong;
        expect(failure(() => decode(codec, Note, Note, broken)).code, String(length)).to.equal("INVALID_ARGUMENT");
      }
    }
  });

  it("in JSON may have escapes anywhere, and ends at its own quote", () => {
    const codec = codecs.json as Codec;
    for (const length of [0, 20, 500, 511, 512, 513, 1100, 5000]) {
      for (const [escaped, meant] of [
        ['\\"', '"'],
        ["\\\\", "\\"],
        ["\\u00e9", "é"],
        ["\\ud83d\\udea2", "🚢"],
        ['\\\\\\"', '\\"'],
      ] as const) {
        for (const around of ["x", "ü"]) {
          const plain = around.repeat(length);
          const message = `{"before":1,"text":"${plain}${escaped}${plain}${escaped}","after":2}`;
          const note = { before: 1, text: plain + meant + plain + meant, after: 2 };
          expect(decode(codec, Note, Note, Buffer.from(message))).to.deep.equal(note);
        }
      }
      for (const wrong of ["\n", "\\x", "\\ud83d", "\\udea2\\ud83d"]) {
        for (const around of ["x", "ü"]) {
          const message = `{"before":1,"text":"${around.repeat(length)}${wrong}${around.repeat(length)}","after":2}`;
          expect(failure(() => decode(codec, Note, Note, Buffer.from(message))).code).to.equal("INVALID_ARGUMENT");
        }
      }
    }
  });

  it("is the same to a runtime without Buffer", () => {
    const slow = withoutBuffer();
    for (const sentence of Object.values(sentences)) {
      for (const length of lengths) {
        const text = textOf(sentence, length);
        const [one, other] = [new Uint8Array(3 * length + 2), new Uint8Array(3 * length + 2)];
        const end = 1 + native.writeUtf8(one, text, 1);
        expect(slow.writeUtf8(other, text, 1)).to.equal(end - 1);
        expect(Buffer.compare(one, other)).to.equal(0);
        expect(slow.readUtf8(one, 1, end)).to.equal(text);
        expect(native.hasReplacement(one, 1, end)).to.equal(text.includes("\ufffd"));
        // Nothing native can tell.
        expect(slow.hasReplacement(one, 1, end)).to.equal(true);
        expect(slow.indexOfByte(one, 32, 2)).to.equal(native.indexOfByte(one, 32, 2));
        expect(slow.readUtf16(slow.utf16Of(text), length)).to.equal(text);
        expect(native.readUtf16(native.utf16Of(text), length)).to.equal(text);
        expect(isWellFormedAs(text, one, 1, end)).to.equal(true);
        expect(readText(one, 1, end - 1)).to.equal(text);
      }
    }
  });
});

describe("a moment in JSON", () => {
  it("is read from bytes as Date reads it, or not at all", () => {
    const moments = [-62_135_596_800_000, -1, 0, 951_782_400_000, 1_715_934_615_123, 253_402_300_799_999];
    for (let day = -719_000; day < 2_900_000; day += 97) moments.push(day * 86_400_000 + (day & 0xffff) * 1003);
    for (const ms of moments) {
      const text = `"${new Date(ms).toISOString()}"`;
      expect(readMoment(Buffer.from(text), 0), text).to.equal(ms);
    }
    const wrong = [
      "2023-02-29",
      "1900-02-29",
      "2024-02-30",
      "2024-04-31",
      "2024-00-10",
      "2024-13-01",
      "2024-01-00",
      "0000-01-01",
    ];
    for (const date of wrong) expect(readMoment(Buffer.from(`"${date}T00:00:00.000Z"`), 0), date).to.be.NaN;
    for (const time of [
      "24:00:00.000Z",
      "23:60:00.000Z",
      "23:59:60.000Z",
      "23:59:5x.000Z",
      "23:59:59.00xZ",
      "23:59:59.x00Z",
    ])
      expect(readMoment(Buffer.from(`"2024-02-29T${time}"`), 0), time).to.be.NaN;
    expect(readMoment(Buffer.from('"2024-02-29T23:59:59.000'), 0)).to.be.NaN;
  });
});
