import type { Callee, Code, Run } from "./code.ts";

/** Stands for an object with a method of any name. */
interface WithMethod {
  readonly method: (...args: unknown[]) => unknown;
}

/** The call of a function of the program, of one that it was given, or of a method. */
export function call({ callee, known, member, run }: Code, args: readonly Code[]): Run {
  if (callee !== undefined) return callTo(callee, args);
  if (known !== undefined) return callTo({ run: known.value as Callee["run"] }, args);
  if (member?.key.known === undefined) return (f) => (run(f) as Callee["run"])(...args.map((arg) => arg.run(f)));
  const { object, key } = member;
  const name = key.known?.value as "method";
  if (object.known === undefined) return callMethod(object.run, name, args);
  const self = object.known.value as WithMethod;
  return callTo({ run: self[name].bind(self) }, args);
}

const none: Code = { run: () => undefined };

function callTo(callee: Callee, args: readonly Code[]): Run {
  const [{ run: a }, { run: b }, { run: c }, { run: d }, { run: e }] = [...args, none, none, none, none, none] as [
    Code,
    Code,
    Code,
    Code,
    Code,
  ];
  switch (args.length) {
    case 0:
      return () => callee.run();
    case 1:
      return (f) => callee.run(a(f));
    case 2:
      return (f) => callee.run(a(f), b(f));
    case 3:
      return callWithLocals(callee, args) ?? ((f) => callee.run(a(f), b(f), c(f)));
    case 4:
      return (f) => callee.run(a(f), b(f), c(f), d(f));
    case 5:
      return (f) => callee.run(a(f), b(f), c(f), d(f), e(f));
    default:
      return (f) => callee.run(...args.map((arg) => arg.run(f)));
  }
}

/** The most frequent call, as in `writeString(b, p, v)`. */
function callWithLocals(callee: Callee, [a, b, c]: readonly Code[]): Run | undefined {
  const [first, second, third] = [a?.slot, b?.slot, c?.slot];
  if (first === undefined || second === undefined || third === undefined) return undefined;
  return (f) => callee.run(f[first], f[second], f[third]);
}

function callMethod(object: Run, name: "method", args: readonly Code[]): Run {
  const [a = none, b = none] = args;
  switch (args.length) {
    case 0:
      return (f) => (object(f) as WithMethod)[name]();
    case 1:
      return (f) => (object(f) as WithMethod)[name](a.run(f));
    case 2:
      return (f) => (object(f) as WithMethod)[name](a.run(f), b.run(f));
    default:
      return (f) => (object(f) as WithMethod)[name](...args.map((arg) => arg.run(f)));
  }
}
