import { expect } from "chai";
import type { Codec } from "../../core/codec.ts";
import { defaultContractLimits } from "../../core/contract/limits.ts";
import { wireText } from "../../core/contract/print-contract.ts";
import { readDescribed } from "../../core/contract/read-contract.ts";
import { RpcError } from "../../core/error.ts";
import { checkReadable } from "../../core/type/compat.ts";
import type { StructType } from "../../core/type/type.ts";
import { type Outcome, outcomes } from "../../evolution/outcome.ts";
import { arg, contractOf, defineService, rpc } from "../../index.ts";
import { encode } from "../codecs/suite.ts";
import { type Case, type Reading, UNSAYABLE } from "./cases.ts";

/** What the marks of the table mean. */
export const marks: Readonly<Record<Outcome, string>> = {
  ok: "✓",
  partly: "◐",
  refused: "✗",
  blank: "0",
  garbled: "‼",
};

export type Setting = "negotiated" | "stored";

/** A contract that carries a type as its only message. */
export function contractWith(type: unknown) {
  return contractOf(defineService("shop.Orders", {}, { place: rpc({ params: [arg("order", type as never)] }) }));
}

/** What happens to each of a case's values, with errors that must name the field. */
export function measure(codec: Codec, one: Case, setting: Setting): [toOld: Outcome, toNew: Outcome] {
  const direction = (writer: StructType, reader: StructType, readings: readonly Reading[]): Outcome => {
    const read = readerOf(codec, writer, reader, setting);
    return measured(
      readings,
      (written) => read(encode(codec, writer, written)),
      (error) => names(codec, setting, error, one),
    );
  };
  return [direction(one.new, one.old, one.toOld), direction(one.old, one.new, one.toNew)];
}

/** What happens to all the values together, given what happens to each; `check` looks at the errors. */
export function measured(
  readings: readonly Reading[],
  read: (written: object) => unknown,
  check: (error: unknown) => void,
): Outcome {
  return summary(
    readings.map(([written, expected = written]) => {
      let value: unknown;
      try {
        value = read(written);
      } catch (error) {
        check(error);
        return "refused";
      }
      if (sameValue(value, expected)) return "ok";
      // What the reader's version cannot say may still be left out.
      return blanked(value as Fields, (expected === UNSAYABLE ? written : expected) as Fields) ? "blank" : "garbled";
    }),
  );
}

/** Avro's bytes carry nothing that would tell where one field ends, so that without their schema no field can be named. */
function names(codec: Codec, setting: Setting, error: unknown, { names: fields, change }: Case): void {
  expect(RpcError.is(error), String(error)).to.equal(true);
  const { message } = error as RpcError;
  if (codec.name === "avro" && setting === "stored" && message.startsWith("avro: ")) return;
  expect(
    fields.some((field) => message.includes(field)),
    `${change}: ${codec.name}, ${setting}: ${message}`,
  ).to.equal(true);
}

function readerOf(
  codec: Codec,
  writer: StructType,
  reader: StructType,
  setting: Setting,
): (bytes: Uint8Array) => unknown {
  if (setting === "stored") {
    const { decode } = codec.compile(reader, reader);
    return (bytes) => decode(bytes, 0, bytes.length);
  }
  const printed = JSON.parse(wireText(contractWith(writer))) as unknown;
  const told = readDescribed(printed, defaultContractLimits).operations[0]?.request as StructType;
  return (bytes) => {
    // A connection does this once, when it is made.
    checkReadable(told, reader, reader.name);
    return codec.compile(told, reader, { foreign: true }).decode(bytes, 0, bytes.length);
  };
}

type Fields = Readonly<Record<string, unknown>>;

function sameValue(a: unknown, b: unknown): boolean {
  try {
    expect(a).to.deep.equal(b);
    return true;
  } catch {
    return false;
  }
}

/** Whether all that differs is zero or absent in what was read. */
function blanked(value: Fields, expected: Fields): boolean {
  const names = new Set([...Object.keys(value), ...Object.keys(expected)]);
  return [...names].every((name) => {
    const found = value[name];
    const nothing = found === undefined || found === 0 || found === 0n || found === "" || sameValue(found, []);
    return nothing || sameValue(found, expected[name]);
  });
}

function summary(met: readonly Outcome[]): Outcome {
  const worst = outcomes[Math.max(...met.map((one) => outcomes.indexOf(one)))] as Outcome;
  return worst === "refused" && met.includes("ok") ? "partly" : worst;
}
