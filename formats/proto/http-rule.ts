import { type PlainRule, verbs } from "../../core/contract/http-rule.ts";
import { isRecord } from "../../core/is-record.ts";
import type { MessageDescriptor } from "../../core/schema/protobuf-descriptor.ts";

/** The messages of a method, by whose names the rule names fields. */
export interface Messages {
  readonly input: MessageDescriptor;
  readonly output: MessageDescriptor;
}

/** The option google.api.http of a method as a contract has it: fields by their names in JSON. */
export function httpRuleOf(option: unknown, messages: Messages): PlainRule | undefined {
  if (!isRecord(option)) return undefined;
  const { additional_bindings: others } = option;
  const all = others === undefined ? [] : Array.isArray(others) ? others : [others];
  const additionalBindings = all.filter(isRecord).map((one) => ruleOf(one, messages));
  return { ...ruleOf(option, messages), ...(additionalBindings.length > 0 && { additionalBindings }) };
}

function ruleOf(option: Readonly<Record<string, unknown>>, { input, output }: Messages): PlainRule {
  const path = (text: unknown): string =>
    String(text).replace(/\{([^{}=]*)/g, (_, field: string) => `{${local(field, input)}`);
  const { body, response_body: responseBody, custom } = option;
  const said = verbs.filter((word) => option[word] !== undefined);
  return {
    ...Object.fromEntries(said.map((word) => [word, path(option[word])])),
    ...(isRecord(custom) && { custom: { kind: String(custom["kind"]), path: path(custom["path"]) } }),
    ...(body ? { body: body === "*" ? "*" : local(String(body), input) } : {}),
    ...(responseBody ? { responseBody: local(String(responseBody), output) } : {}),
  };
}

/** `order_id.name` → `orderId.name`; what is no field stays, and is refused by its name. */
function local(field: string, message: MessageDescriptor): string {
  let inner: MessageDescriptor | undefined = message;
  const names = field.split(".").map((name) => {
    const found: MessageDescriptor["fields"][number] | undefined = inner?.fields.find(
      (one) => one.name === name.trim(),
    );
    inner = found?.message;
    return found?.localName ?? name.trim();
  });
  return names.join(".");
}
