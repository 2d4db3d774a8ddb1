import { fromJson } from "../../codecs/json/value.ts";
import { t } from "../../core/schema/t.ts";
import type { OptionalType, Type } from "../../core/type/type.ts";
import { InputError } from "../input-error.ts";
import { CONTRACT_FORM, type ContractFile, TYPES_FORM } from "./contract-file.ts";

const flag = t.optional(t.bool);
const text = t.optional(t.string);
const forms = t.optional(t.map(t.string));
const result = { type: text, optional: flag, encoding: forms };

const Param = t.struct("param", {
  ...result,
  name: t.string,
  number: t.optional(t.int32),
  default: t.optional(t.any),
  stream: text,
  get callback(): OptionalType {
    return t.optional(Callback);
  },
});
const params = t.optional(t.list(Param));
const Callback = t.struct("callback", { ...result, params: t.list(Param) });

const Member = t.struct("member", {
  ...result,
  kind: t.string,
  name: t.string,
  untyped: flag,
  idempotent: flag,
  timeoutMs: t.optional(t.float64),
  params,
  throws: t.optional(t.list(t.string)),
});
const Named = t.struct("type", {
  kind: t.string,
  name: text,
  fields: params,
  transient: params,
  members: t.optional(t.list(t.string)),
  numbers: t.optional(t.list(t.int32)),
  version: text,
  encoding: forms,
  code: text,
  message: text,
});

const forTypes = { trunkline: t.string, types: t.map(Named) };
const byForm: Readonly<Record<string, Type>> = {
  [TYPES_FORM]: t.struct("types", forTypes),
  [CONTRACT_FORM]: t.struct("contract", {
    ...forTypes,
    name: t.string,
    version: t.string,
    group: t.string,
    members: t.list(Member),
  }),
};

/** True for the file of a contract. Throws where it is neither that nor one of types, with what is wrong in it. */
export function isContractFile(file: unknown): file is ContractFile {
  const form = (file as { trunkline?: string } | null)?.trunkline ?? "";
  if (!Object.hasOwn(byForm, form)) {
    throw new InputError(`expected what trunkline schema prints, of the form ${CONTRACT_FORM} or ${TYPES_FORM}`);
  }
  fromJson(byForm[form] as Type, file);
  return form === CONTRACT_FORM;
}
