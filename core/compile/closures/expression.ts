import { call } from "./call.ts";
import { type Callee, type Code, known, type Run } from "./code.ts";
import { globals } from "./globals.ts";
import { assignMember, memberOf, objectOf, stepMember } from "./member.ts";
import { binding, combine, unary } from "./operators.ts";
import type { Scanner } from "./scanner.ts";
import type { Scope } from "./scope.ts";

/** What all functions of a program see. */
export interface Names {
  readonly constants: ReadonlyMap<string, unknown>;
  callee(name: string): Callee;
}

const assignments: ReadonlySet<string> = new Set(["=", "+=", "-=", "??="]);

/** Turns expressions into closures. */
export class Expressions {
  readonly #scanner: Scanner;
  readonly #scope: Scope;
  readonly #names: Names;

  constructor(scanner: Scanner, scope: Scope, names: Names) {
    this.#scanner = scanner;
    this.#scope = scope;
    this.#names = names;
  }

  /** The expression that begins at the present token. */
  read(): Code {
    const target = this.#conditional();
    const operator = this.#scanner.token;
    if (!assignments.has(operator)) return target;
    this.#scanner.next();
    return this.#assign(target, operator.slice(0, -1), this.read());
  }

  run(): Run {
    return this.read().run;
  }

  /** The value of an expression that has one before anything runs. */
  constant(): unknown {
    const { known } = this.read();
    if (known === undefined) throw this.#scanner.unexpected();
    return known.value;
  }

  #assign(target: Code, operator: string, value: Code): Code {
    const { slot, member } = target;
    // The target is read twice: in these programs that changes nothing.
    const result = operator === "" ? value : combine(operator, target, value);
    if (member !== undefined) return assignMember(member, result);
    if (slot === undefined) throw this.#scanner.unexpected();
    const { run, sum } = result;
    if (sum?.slot === slot) return { run: (f) => (f[slot] = (f[slot] as number) + sum.plus) };
    return { run: (f) => (f[slot] = run(f)) };
  }

  #conditional(): Code {
    const { run: test, ...code } = this.#binary(1);
    if (!this.#scanner.take("?")) return { run: test, ...code };
    const yes = this.run();
    this.#scanner.expect(":");
    const no = this.run();
    return { run: (f) => (test(f) ? yes(f) : no(f)) };
  }

  #binary(least: number): Code {
    let left = this.#unary();
    for (;;) {
      const operator = this.#scanner.token;
      const binds = binding.get(operator) ?? 0;
      if (binds < least) return left;
      this.#scanner.next();
      left = combine(operator, left, this.#binary(binds + 1));
    }
  }

  #unary(): Code {
    const { token } = this.#scanner;
    if (token === "++" || token === "--") {
      this.#scanner.next();
      return this.#assign(this.#unary(), "+", known(token === "++" ? 1 : -1));
    }
    const apply = unary.get(token);
    if (apply === undefined) return this.#postfix();
    this.#scanner.next();
    const operand = this.#unary();
    const run = apply(operand.run);
    if (operand.known !== undefined) return known(run([]));
    return token === "typeof" && operand.slot !== undefined ? { run, typeOf: operand.slot } : { run };
  }

  #postfix(): Code {
    const scanner = this.#scanner;
    let code = scanner.token === "new" ? this.#new() : this.#primary();
    for (;;) {
      if (scanner.take(".")) code = memberOf(code, known(scanner.name()));
      else if (scanner.take("[")) {
        code = memberOf(code, this.read());
        scanner.expect("]");
      } else if (scanner.take("(")) code = { run: call(code, this.#list(")")) };
      else if (scanner.take("++")) return this.#step(code, 1);
      else if (scanner.take("--")) return this.#step(code, -1);
      else return code;
    }
  }

  /** `x++` and `x--`. */
  #step({ slot, member }: Code, by: number): Code {
    if (member !== undefined) return stepMember(member, by);
    if (slot === undefined) throw this.#scanner.unexpected();
    const run: Run = (f) => {
      const was = f[slot] as number;
      f[slot] = was + by;
      return was;
    };
    return by === 1 ? { run, stepped: slot } : { run };
  }

  #new(): Code {
    this.#scanner.expect("new");
    const { run: maker } = this.#primary();
    this.#scanner.expect("(");
    const args = this.#list(")").map(({ run }) => run);
    return { run: (f) => new (maker(f) as new (...args: unknown[]) => unknown)(...args.map((arg) => arg(f))) };
  }

  /** Expressions up to `end`. */
  #list(end: string): Code[] {
    const all: Code[] = [];
    while (!this.#scanner.take(end)) {
      if (all.length > 0) this.#scanner.expect(",");
      all.push(this.read());
    }
    return all;
  }

  #primary(): Code {
    const { token } = this.#scanner;
    if (token === "`") return this.#template();
    this.#scanner.next();
    switch (token) {
      case "(": {
        const inside = this.read();
        this.#scanner.expect(")");
        return inside;
      }
      case "[": {
        const items = this.#list("]");
        return { run: (f) => items.map((item) => item.run(f)) };
      }
      case "{":
        return this.#object();
      default:
    }
    if (token[0] === '"') return known(JSON.parse(token));
    if (/^\d/.test(token)) return known(token.endsWith("n") ? BigInt(token.slice(0, -1)) : Number(token));
    if (/^[A-Za-z_]/.test(token)) return this.#name(token);
    throw this.#scanner.unexpected(token);
  }

  #name(name: string): Code {
    const slot = this.#scope.find(name);
    if (slot !== undefined) return { run: (f) => f[slot], slot };
    for (const values of [this.#names.constants, globals]) if (values.has(name)) return known(values.get(name));
    const callee = this.#names.callee(name);
    return { run: () => callee.run, callee };
  }

  /** What stands after the brace that opens an object. */
  #object(): Code {
    const scanner = this.#scanner;
    const members: [key: string, value: Run][] = [];
    while (!scanner.take("}")) {
      if (members.length > 0) scanner.expect(",");
      const computed = scanner.take("[");
      const key = computed ? (JSON.parse(scanner.next()) as string) : scanner.name();
      if (computed) scanner.expect("]");
      scanner.expect(":");
      members.push([key, this.run()]);
    }
    return objectOf(members);
  }

  #template(): Code {
    const parts: Run[] = [];
    for (;;) {
      const { text, ends } = this.#scanner.template();
      parts.push(() => text);
      if (ends) {
        this.#scanner.expect("`");
        return { run: (f) => parts.map((part) => part(f)).join("") };
      }
      this.#scanner.expect("{");
      parts.push(this.run());
      if (this.#scanner.token !== "}") throw this.#scanner.unexpected();
    }
  }
}
