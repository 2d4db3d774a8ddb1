import { expect } from "chai";
import fc from "fast-check";
import { closures } from "../../../../core/compile/closures/program.ts";

type Program = (...args: unknown[]) => unknown;
type Constants = Readonly<Record<string, unknown>>;

const names = (constants: Constants): Map<string, unknown> => new Map(Object.entries(constants));
const wrapped = (body: string, params: string): string =>
  `"use strict";\nfunction run(${params}) {\n${body}\n}\nreturn run;`;

/** Runs a body as closures and as code, and expects both to do the same. */
function both(body: string, args: readonly unknown[] = [], constants: Constants = {}): unknown {
  const params = ["a", "b", "c", "d", "e"].slice(0, args.length).join(", ");
  const code = wrapped(body, params);
  const compiled = new Function(...Object.keys(constants), code)(...Object.values(constants)) as Program;
  const outcome = (program: Program): unknown => {
    const given = structuredClone(args);
    try {
      return { returned: program(...given), given };
    } catch (thrown) {
      return { thrown, given };
    }
  };
  const closed = outcome(closures(names(constants), code) as Program);
  expect(closed, body).to.deep.equal(outcome(compiled));
  return closed;
}

describe("closures", () => {
  it("calculates as the runtime does", () => {
    const operators = ["+", "-", "*", "/", "|", "^", "&", "<<", ">>>", "===", "!==", "<", ">", "<=", ">=", "??"];
    for (const operator of [...operators, "||", "&&"]) {
      for (const [a, b] of [
        [5, 3],
        [-1, 31],
        [0, -0],
        [undefined, 2],
        ["x", "y"],
        [7n, 2n],
      ]) {
        if (operator === ">>>" && typeof a === "bigint") continue;
        both(`return a ${operator} b;`, [a, b]);
        if (typeof b === "number") both(`return a ${operator} ${b};`, [a]);
        if (typeof b === "number") both(`return (a) ${operator} ${b};`, [a]);
      }
    }
  });

  it("knows how tightly operators bind", () => {
    const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 6, maxLength: 6 });
    const signs = fc.array(fc.constantFrom("+", "-", "*", "|", "&", "^", "<<", "<", "===", "&&", "||"), {
      minLength: 5,
      maxLength: 5,
    });
    fc.assert(
      fc.property(numbers, signs, (ns, ss) => {
        both(`return ${ns.map((n, i) => `${n < 0 ? `(${n})` : n} ${ss[i] ?? ""}`).join(" ")};`);
      }),
    );
  });

  it("takes the signs before a value, and the choice between two", () => {
    for (const value of [0, 1, -1, "", "7", null, undefined, true]) {
      both("return [!a, -a, +a, typeof a, !!a, a ? 1 : a === null ? 2 : 3];", [value]);
    }
    both("return [-5, -0, 1.5e-7, 1e+21, -12n, -Infinity];");
  });

  it("changes locals and members", () => {
    both("let x = 1, y; x += 4; x -= a; y = x++ + ++x - x-- - --x; return [x, y];", [2]);
    both("a.n -= 3; a.n += 1; a.m ??= []; a.m ??= 1; a.k++; --b; a.x = a.y = b; return a.k++;", [{ n: 9, k: 1 }, 5]);
    both("a[b] = 1; a[b + 1] = 2; a[b + 2] = 3; a[b - 1] = 4; a[b++] = 5; a[b++] = 6; return [a, b];", [
      new Uint8Array(8),
      2,
    ]);
    both("a[b] = 7; a[b + 1] = 8; b += 2; a[b] = 9; a[c] = 1; a[c + 1] = 2; return b;", [new Uint8Array(8), 1, 5]);
    both("a[b] = 1; a.length = 3; return a;", [[], 0]);
    both("a[b] = 7; return [a[b], a[c]];", [{}, "name", "toString"]);
  });

  it("keeps blocks, loops and catches apart that call their locals the same", () => {
    both("const e = 1; try { throw 2; } catch (e) { a.push(e); } a.push(e); return a;", [[]]);
    both("let s = 0; if (a) { const f = 3; s += f; } if (a) { const f = 4; s += f; } return s;", [true]);
    both("const all = []; for (let i = 0; i < 3; i++) { let r; if (i === 1) r = i; all.push(r); } return all;");
    both("const p = a; { const p = b; a = p; } return [p, a];", [1, 2]);
  });

  it("leaves loops, branches and functions as written", () => {
    both("for (let i = 0; ; i++) { if (i === 2) continue; if (i > 5) break; a.push(i); } return a;", [[]]);
    both("for (;;) { if (a.length > 3) return a; a.push(0); }", [[]]);
    both("for (const x of a) { if (x === 2) continue; if (x === 4) break; b.push(x); } return b;", [
      [1, 2, 3, 4, 5],
      [],
    ]);
    both("for (const x of a) if (x === 2) return x;", [[1, 2, 3]]);
    both(
      "let n = 0; while (n < 10) { n++; if (n % 1 === 0 && n === 7) break; } return n;".replace("n % 1 === 0 && ", ""),
    );
    for (const value of [0, 1, 2, 3, "x", 4])
      both(
        'for (const x of [1, 2]) { switch (a) { case 0: b.push("0"); case 1: { b.push("1"); break; } case "x": continue; case 3: return b; default: b.push("d"); } b.push("after"); } return b;',
        [value, []],
      );
    both("switch (a) { default: b = 1; case 5: b = b + 2; } return b;", [4, 0]);
    both("switch (a) { case 1: return 1; }", [2]);
  });

  it("throws and catches", () => {
    both(`try { if (a) throw a; return 1; } catch (e) { throw wrap(\`at [$\{b}].x\`, e); }`, [5, "k"], {
      wrap: (path: string, e: unknown) => [path, e],
    });
    both("for (;;) { try { throw 1; } catch (e) { break; } } return 2;");
    both("throw new Failure(1, 2, a);", [3], { Failure: Array });
  });

  it("calls functions of its own before they are written, what it was given, and methods", () => {
    const code =
      '"use strict";\nfunction one(n) {\nif (n === 0) return "end";\nreturn two(n - 1);\n}\nfunction two(n) {\nreturn one(n);\n}\nreturn one;';
    expect((closures(new Map(), code) as Program)(5)).to.equal("end");
    both("return [f(), f(a), f(a, b), f(a, b, c), f(a, b, c, a), f(a, b, c, a, b), f(a, b, c, a, b, c)];", [1, 2, 3], {
      f: (...args: unknown[]) => args,
    });
    both("return [M.get(a), D.test(a), a.charCodeAt(0), a.slice(1, 3), [a].concat(a, a, a)];", ["1x34"], {
      M: new Map([["1x34", 1]]),
      D: /x/,
    });
    both("return [Object.keys(a), Array.isArray(a), Number.isSafeInteger(5), BigInt.asIntN(8, 255n), String(5)];", [
      {},
    ]);
    both("return [new Array(a), new Date(0), new Map().size, a instanceof Date, new Date(1) instanceof Date];", [3]);
  });

  it("makes objects of own members, whatever they are called", () => {
    const made = both('return { a: a, toString: 1, ["__proto__"]: 2, ["a b"]: { kind: "x" } };', [1]) as {
      returned: object;
    };
    expect(Object.keys(made.returned)).to.deep.equal(["a", "toString", "__proto__", "a b"]);
    expect(Object.getPrototypeOf(made.returned)).to.equal(Object.prototype);
    both("return {  };");
  });

  it("takes texts as JSON writes them", () => {
    for (const text of ["", 'a"b\\', "\n\u2028`", "'", "// no comment"])
      both(`return a === ${JSON.stringify(text)};`, [text]);
  });

  it("starts each call anew, also within itself", () => {
    const code =
      '"use strict";\nfunction sum(n) {\nlet r;\nif (n > 0) r = sum(n - 1) + n;\nif (r === undefined) return 0;\nreturn r;\n}\nreturn sum;';
    const sum = closures(new Map(), code) as Program;
    expect([sum(4), sum(0), sum(10)]).to.deep.equal([10, 0, 55]);
  });

  it("refuses, before anything runs, what Source never writes", () => {
    for (const body of [
      "return a => 1;",
      "return a ? 1;",
      "do { } while (a);",
      "return a ** 2;",
      "a = b, c;",
      "return this;;",
      "5 = a;",
      "a() = 5;",
      "switch (a) { case b: return 1; }",
      "return 'x';",
      "return `\\n`;",
      "let [x] = a;",
    ])
      expect(() => closures(new Map(), wrapped(body, "a, b, c")), body).to.throw(SyntaxError);
    expect(() => closures(new Map(), wrapped("", "a, b, c, d, e, f"))).to.throw(SyntaxError);
    expect(() => (closures(new Map(), wrapped("return absent();", "")) as Program)()).to.throw(/absent is not defined/);
  });
});
