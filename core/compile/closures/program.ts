import type { Callee } from "./code.ts";
import type { Names } from "./expression.ts";
import { Scanner } from "./scanner.ts";
import { Statements } from "./statement.ts";

/**
 * Runs a program that `Source` wrote where no code may be made from text: its statements and expressions become closures,
 * once. Knows the JavaScript that is written here and nothing else, and throws at what it does not know before any of it
 * runs. Each local has a place in an array, made for each call; no local is seen by two functions.
 */
export function closures(constants: ReadonlyMap<string, unknown>, code: string): unknown {
  const scanner = new Scanner(code);
  const functions = new Map<string, Callee>();
  const names: Names = {
    constants,
    callee(name) {
      const callee = functions.get(name) ?? { run: unwritten(name) };
      functions.set(name, callee);
      return callee;
    },
  };
  scanner.expect('"use strict"');
  scanner.expect(";");
  while (scanner.take("function")) {
    const callee = names.callee(scanner.name());
    scanner.expect("(");
    const params: string[] = [];
    while (!scanner.take(")")) {
      if (params.length > 0) scanner.expect(",");
      params.push(scanner.name());
    }
    callee.run = new Statements(scanner, params, names).read();
  }
  scanner.expect("return");
  return names.callee(scanner.name()).run;
}

function unwritten(name: string): () => never {
  return () => {
    throw new ReferenceError(`${name} is not defined`);
  };
}
