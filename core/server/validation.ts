import { HANDLE } from "../call/callback.ts";
import type { MethodDescriptor } from "../contract/contract.ts";
import { RpcError } from "../error.ts";
import { compileValidate, type Issue, settled, type Validate } from "../schema/validate.ts";
import type { CallbackType, Param, ParamType, Type } from "../type/type.ts";

/** So many issues of one value are told, and so much of each: a long list cannot make a long error. */
const MAX_ISSUES = 8;
const MAX_TEXT = 300;

/** Gives back the value as its schema gives it out, or throws; a promise of that where the schema is asynchronous. */
export type Validated = (value: unknown) => unknown;
type Refuse = (issues: readonly Issue[]) => RpcError;

/** What the schemas of a method demand, decided once; each `undefined` where none demands anything. */
export interface MethodValidation {
  readonly args: ((args: unknown[]) => unknown[] | Promise<unknown[]>) | undefined;
  /** Of the result, or of the stream of results. */
  readonly result: Validated | undefined;
}

export function methodValidation(method: MethodDescriptor): MethodValidation {
  return { args: argsValidation(method.params, method.topic), result: resultValidation(method) };
}

/** Holds values against the schemas in their type; `undefined` where it has none. */
export function valueValidation(type: Type, path: string): Validated | undefined {
  return validated(compileValidate(type), path, refused);
}

function argsValidation(params: readonly Param[], topic: string | undefined): MethodValidation["args"] {
  const names = params.map(({ name }) => (topic === undefined ? name : ""));
  const each = params.map(({ type }, i) => paramValidation(type, names[i] as string));
  if (each.every((one) => one === undefined)) return undefined;
  return (args) => {
    const issues: Issue[] = [];
    const validate = (arg: unknown, i: number): unknown => each[i]?.(arg, names[i] as string, issues);
    const valid = settled(params.map((_, i) => (each[i] && args[i] !== undefined ? validate(args[i], i) : args[i])));
    return valid instanceof Promise
      ? valid.then((all) => passed(all, issues, refused))
      : passed(valid, issues, refused);
  };
}

function paramValidation(type: ParamType, path: string): Validate | undefined {
  switch (type.kind) {
    case "stream":
      return streamValidation(compileValidate(type.item), path, refused);
    case "callback":
      return callbackValidation(type, path);
    case "field":
      return paramValidation(type.inner, path);
    case "optional":
    case "default":
      return compileValidate(type.inner);
    default:
      return compileValidate(type);
  }
}

function resultValidation(method: MethodDescriptor): Validated | undefined {
  if (method.kind === "oneway" || method.topic !== undefined) return undefined;
  const type = method.bareResponse ? method.response : method.response.fields[0]?.type;
  const validate = type && compileValidate(type);
  return method.kind === "stream"
    ? streamValidation(validate, "result", misgiven)
    : validated(validate, "result", misgiven);
}

function validated(validate: Validate | undefined, path: string, refuse: Refuse): Validated | undefined {
  if (validate === undefined) return undefined;
  return (value) => {
    if (value === undefined) return undefined;
    const issues: Issue[] = [];
    const output = validate(value, path, issues);
    return output instanceof Promise
      ? output.then((valid) => passed(valid, issues, refuse))
      : passed(output, issues, refuse);
  };
}

function passed<T>(valid: T, issues: readonly Issue[], refuse: Refuse): T {
  if (issues.length > 0) throw refuse(issues);
  return valid;
}

function streamValidation(validate: Validate | undefined, path: string, refuse: Refuse): Validated | undefined {
  if (validate === undefined) return undefined;
  return (items) => {
    const iterable = items as AsyncIterable<unknown>;
    // Whoever reads it refuses what is no stream.
    if (typeof iterable?.[Symbol.asyncIterator] !== "function") return items;
    return { [Symbol.asyncIterator]: () => validatedItems(iterable, validate, path, refuse) };
  };
}

/** Not a generator: its `return` would wait for the next item, which a quiet source may never give. */
function validatedItems(
  items: AsyncIterable<unknown>,
  validate: Validate,
  path: string,
  refuse: Refuse,
): AsyncIterator<unknown> {
  const source = items[Symbol.asyncIterator]();
  const leave = async (): Promise<IteratorResult<unknown>> =>
    (await source.return?.()) ?? { done: true, value: undefined };
  let index = 0;
  return {
    async next() {
      const step = await source.next();
      if (step.done) return step;
      try {
        return { done: false, value: await validated(validate, `${path}[${index++}]`, refuse)?.(step.value) };
      } catch (error) {
        await leave().catch(() => {});
        throw error;
      }
    },
    return: leave,
  };
}

/** The handler's arguments to a callback are its own, what the callback returns comes from the other side. */
function callbackValidation({ params, returns }: CallbackType, path: string): Validated | undefined {
  const validateArgs = argsValidation(params, undefined);
  const type = returns?.kind === "optional" ? returns.inner : returns;
  const validateResult = type && valueValidation(type, `${path}()`);
  if (validateArgs === undefined && validateResult === undefined) return undefined;
  return (callback) => {
    const call = callback as (...args: unknown[]) => Promise<unknown>;
    const checked = async (...args: unknown[]): Promise<unknown> => {
      const result = await call(...(validateArgs ? await validateArgs(args) : args));
      return validateResult ? validateResult(result) : result;
    };
    return Object.defineProperty(checked, HANDLE, { value: (call as { [HANDLE]?: unknown })[HANDLE] });
  };
}

function refused(issues: readonly Issue[]): RpcError {
  return new RpcError({
    code: "INVALID_ARGUMENT",
    message: `refused by the schema: ${tell(issues)}`,
    details: {
      issues: issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({ path: short(path), message: short(message) })),
    },
  });
}

function misgiven(issues: readonly Issue[]): RpcError {
  return new RpcError({
    code: "INTERNAL",
    message: `what the handler gave does not fit its schema: ${tell(issues)}`,
  });
}

function tell(issues: readonly Issue[]): string {
  const told = issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => short(`${path === "" ? "the value" : path}: ${message}`));
  const more = issues.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function short(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
