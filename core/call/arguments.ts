import type { MethodDescriptor } from "../contract/contract.ts";

/** The arguments as the request's record; callbacks are put in by the caller of this. */
export type Pack = (args: readonly unknown[]) => unknown;
/** The record as the arguments, in order. */
export type Unpack = (record: unknown) => unknown[];

export function packer(method: MethodDescriptor): Pack {
  if (method.untyped) return (args) => ({ args });
  return packFields(method.bareRequest, fieldNames(method));
}

export function unpacker(method: MethodDescriptor): Unpack {
  if (method.untyped) return (record) => (record as { args: unknown[] }).args;
  return unpackFields(method.bareRequest, fieldNames(method));
}

/** One name per parameter; "" for the stream parameter, which is not a field. */
function fieldNames(method: MethodDescriptor): readonly string[] {
  return method.params.map((param, i) => (i === method.streamParam ? "" : param.name));
}

export function packFields(bare: boolean, names: readonly string[]): Pack {
  const [first = ""] = names;
  if (bare) return (args) => args[0];
  if (names.length === 0) return () => ({});
  if (names.length === 1 && first !== "") return (args) => ({ [first]: args[0] });
  return (args) => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (name !== "") record[name] = args[i];
    }
    return record;
  };
}

export function unpackFields(bare: boolean, names: readonly string[]): Unpack {
  const [first = ""] = names;
  if (bare) return (record) => [record];
  if (names.length === 1 && first !== "") return (record) => [(record as Record<string, unknown>)[first]];
  return (record) => names.map((name) => (name === "" ? undefined : (record as Record<string, unknown>)[name]));
}

/** Between a result and the response's record. */
export function packResult(bare: boolean, empty: boolean): (value: unknown) => unknown {
  if (bare) return (value) => value;
  const nothing = {};
  return empty ? () => nothing : (value) => ({ result: value });
}
export function unpackResult(bare: boolean): (record: unknown) => unknown {
  return bare ? (record) => record : (record) => (record as { result?: unknown }).result;
}
