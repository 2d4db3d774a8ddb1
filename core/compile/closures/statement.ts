import type { Frame, Poke, Run } from "./code.ts";
import { Expressions, type Names } from "./expression.ts";
import type { Scanner } from "./scanner.ts";
import { Scope } from "./scope.ts";

/** What a statement that can leave what it stands in returns: one of these, else NEXT. */
const [NEXT, BREAK, CONTINUE, RETURN] = [0, 1, 2, 4];
const MAX_PARAMS = 5;

interface Statement {
  readonly run: Run;
  /** Which of BREAK, CONTINUE and RETURN it can return, together. Of one that never leaves nobody looks at what it returns. */
  readonly exits: number;
  readonly poke?: Poke | undefined;
}

/** Turns the body of one function into closures. */
export class Statements {
  readonly #scanner: Scanner;
  readonly #scope = new Scope();
  readonly #expressions: Expressions;
  /** Where a return leaves its value. */
  readonly #result: number;

  constructor(scanner: Scanner, params: readonly string[], names: Names) {
    this.#scanner = scanner;
    this.#expressions = new Expressions(scanner, this.#scope, names);
    if (params.length > MAX_PARAMS) throw scanner.unexpected(params[MAX_PARAMS]);
    for (const param of params) this.#scope.declare(param);
    this.#result = this.#scope.declare("return");
  }

  /** The function whose body begins at the present token. */
  read(): (...args: unknown[]) => unknown {
    const { run } = this.#statement();
    const result = this.#result;
    const blank: Frame = new Array(Math.max(MAX_PARAMS, this.#scope.size)).fill(undefined);
    return (a, b, c, d, e) => {
      const f = blank.slice();
      f[0] = a;
      f[1] = b;
      f[2] = c;
      f[3] = d;
      f[4] = e;
      run(f);
      return f[result];
    };
  }

  #statement(): Statement {
    const scanner = this.#scanner;
    switch (scanner.token) {
      case "{":
        scanner.next();
        return this.#block();
      case "let":
      case "const":
        scanner.next();
        return this.#declarations(scanner.name());
      case "if":
        return this.#if();
      case "for":
        return this.#for();
      case "while": {
        scanner.next();
        const test = this.#parenthesised();
        return loop(test, this.#statement(), always);
      }
      case "switch":
        return this.#switch();
      case "try":
        return this.#try();
      case "throw": {
        const thrown = this.#operand();
        return plain((f) => {
          throw thrown(f);
        });
      }
      case "return": {
        const [value, result] = [this.#operand(), this.#result];
        return {
          run: (f) => {
            f[result] = value(f);
            return RETURN;
          },
          exits: RETURN,
        };
      }
      case "break":
      case "continue": {
        const exits = scanner.next() === "break" ? BREAK : CONTINUE;
        scanner.expect(";");
        return { run: () => exits, exits };
      }
      default: {
        const { run, poke } = this.#expressions.read();
        scanner.expect(";");
        return { run, exits: 0, poke };
      }
    }
  }

  /** What stands after a `throw` or `return`. */
  #operand(): Run {
    this.#scanner.next();
    const run = this.#expressions.run();
    this.#scanner.expect(";");
    return run;
  }

  #parenthesised(): Run {
    this.#scanner.expect("(");
    const run = this.#expressions.run();
    this.#scanner.expect(")");
    return run;
  }

  /** The statements up to the brace that closes. */
  #block(): Statement {
    const statements: Statement[] = [];
    this.#scope.open();
    while (!this.#scanner.take("}")) statements.push(this.#statement());
    this.#scope.close();
    return sequence(statements);
  }

  /** After `let` or `const`, and the first name. */
  #declarations(first: string): Statement {
    const scanner = this.#scanner;
    const statements: Statement[] = [];
    for (let name = first; ; name = scanner.name()) {
      // In its own value a name still means what stands outside.
      const value = scanner.take("=") ? this.#expressions.run() : undefined;
      statements.push(plain(assignment(this.#scope.declare(name), value)));
      if (!scanner.take(",")) break;
    }
    scanner.expect(";");
    return sequence(statements);
  }

  #if(): Statement {
    this.#scanner.next();
    const test = this.#parenthesised();
    const yes = this.#statement();
    const no = this.#scanner.take("else") ? this.#statement() : undefined;
    const exits = yes.exits | (no?.exits ?? 0);
    if (exits > 0) {
      const [then, otherwise] = [leaving(yes), leaving(no ?? nothing)];
      return { run: (f) => (test(f) ? then(f) : otherwise(f)), exits };
    }
    const [then, otherwise] = [yes.run, no?.run];
    if (otherwise !== undefined) return plain((f) => (test(f) ? then(f) : otherwise(f)));
    return plain((f) => test(f) && then(f));
  }

  #for(): Statement {
    const scanner = this.#scanner;
    scanner.next();
    scanner.expect("(");
    this.#scope.open();
    const statement = this.#loop();
    this.#scope.close();
    return statement;
  }

  #loop(): Statement {
    const scanner = this.#scanner;
    let first = nothing;
    if (scanner.take("let") || scanner.take("const")) {
      const name = scanner.name();
      if (scanner.take("of")) return this.#loopOver(name);
      first = this.#declarations(name);
    } else scanner.expect(";");
    const test = scanner.token === ";" ? always : this.#expressions.run();
    scanner.expect(";");
    const update = scanner.token === ")" ? always : this.#expressions.run();
    scanner.expect(")");
    return sequence([first, loop(test, this.#statement(), update)]);
  }

  #loopOver(name: string): Statement {
    const items = this.#expressions.run();
    this.#scanner.expect(")");
    const slot = this.#scope.declare(name);
    const body = this.#statement();
    const run = leaving(body);
    return {
      run: (f) => {
        for (const item of items(f) as Iterable<unknown>) {
          f[slot] = item;
          const exit = run(f);
          if (exit === BREAK) break;
          if (exit === RETURN) return exit;
        }
        return NEXT;
      },
      exits: body.exits & RETURN,
    };
  }

  #switch(): Statement {
    const scanner = this.#scanner;
    scanner.next();
    const value = this.#parenthesised();
    scanner.expect("{");
    const statements: Statement[] = [];
    const places = new Map<unknown, number>();
    let other: number | undefined;
    this.#scope.open();
    while (!scanner.take("}")) {
      if (scanner.take("case")) {
        places.set(this.#expressions.constant(), statements.length);
        scanner.expect(":");
      } else if (scanner.take("default")) {
        other = statements.length;
        scanner.expect(":");
      } else statements.push(this.#statement());
    }
    this.#scope.close();
    const runs = statements.map(leaving);
    const end = runs.length;
    const otherwise = other ?? end;
    return {
      run: (f) => {
        for (let i = places.get(value(f)) ?? otherwise; i < end; i++) {
          const exit = (runs[i] as Leave)(f);
          if (exit !== NEXT) return exit === BREAK ? NEXT : exit;
        }
        return NEXT;
      },
      exits: exitsOf(statements) & ~BREAK,
    };
  }

  #try(): Statement {
    const scanner = this.#scanner;
    scanner.next();
    const tried = this.#statement();
    scanner.expect("catch");
    scanner.expect("(");
    this.#scope.open();
    const slot = this.#scope.declare(scanner.name());
    scanner.expect(")");
    const caught = this.#statement();
    this.#scope.close();
    const [run, then] = [leaving(tried), leaving(caught)];
    return {
      run: (f) => {
        try {
          return run(f);
        } catch (thrown) {
          f[slot] = thrown;
          return then(f);
        }
      },
      exits: tried.exits | caught.exits,
    };
  }
}

type Leave = (f: Frame) => number;

const always: Run = () => true;
const nothing: Statement = plain(() => undefined);

function plain(run: Run): Statement {
  return { run, exits: 0 };
}

function exitsOf(statements: readonly Statement[]): number {
  return statements.reduce((all, { exits }) => all | exits, 0);
}

/** Runs a statement, and tells whether it leaves. */
function leaving({ run, exits }: Statement): Leave {
  if (exits > 0) return run as Leave;
  return (f) => {
    run(f);
    return NEXT;
  };
}

function assignment(slot: number, value: Run | undefined): Run {
  if (value !== undefined) return (f) => (f[slot] = value(f));
  // Also in a loop, where it still holds what the round before left.
  return (f) => (f[slot] = undefined);
}

function sequence(statements: readonly Statement[]): Statement {
  const exits = exitsOf(statements);
  if (exits > 0) {
    const runs = statements.map(leaving);
    return {
      run: (f) => {
        for (let i = 0; i < runs.length; i++) {
          const exit = (runs[i] as Leave)(f);
          if (exit !== NEXT) return exit;
        }
        return NEXT;
      },
      exits,
    };
  }
  const runs = joinPokes(statements);
  const [a = always, b = always, c = always] = runs;
  switch (runs.length) {
    case 1:
      return plain(a);
    case 2:
      return plain((f) => {
        a(f);
        b(f);
      });
    case 3:
      return plain((f) => {
        a(f);
        b(f);
        c(f);
      });
    default:
      return plain((f) => {
        for (let i = 0; i < runs.length; i++) (runs[i] as Run)(f);
      });
  }
}

function loop(test: Run, body: Statement, update: Run): Statement {
  const { run, exits } = body;
  if (exits === 0)
    return plain((f) => {
      for (; test(f); update(f)) run(f);
    });
  return {
    run: (f) => {
      for (; test(f); update(f)) {
        const exit = run(f);
        if (exit === BREAK) break;
        if (exit === RETURN) return exit;
      }
      return NEXT;
    },
    exits: exits & RETURN,
  };
}

/** Runs of bytes that are written one beside the other become one step. */
function joinPokes(statements: readonly Statement[]): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < statements.length; i++) {
    const { run, poke } = statements[i] as Statement;
    const bytes = poke === undefined ? [] : bytesFrom(statements, i, poke);
    runs.push(poke === undefined || bytes.length < 2 ? run : pokeAll(poke, bytes));
    i += Math.max(0, bytes.length - 1);
  }
  return runs;
}

/** The bytes of the statements from `start` on that go where `first` begins. */
function bytesFrom(statements: readonly Statement[], start: number, first: Poke): number[] {
  const bytes: number[] = [];
  for (let i = start; i < statements.length; i++) {
    const poke = statements[i]?.poke;
    if (poke?.buffer !== first.buffer || poke.position !== first.position) break;
    if (poke.plus !== first.plus + bytes.length) break;
    bytes.push(poke.byte);
  }
  return bytes;
}

function pokeAll({ buffer, position, plus }: Poke, bytes: readonly number[]): Run {
  return (f) => {
    const b = f[buffer] as Uint8Array;
    const p = (f[position] as number) + plus;
    for (let i = 0; i < bytes.length; i++) b[p + i] = bytes[i] as number;
  };
}
