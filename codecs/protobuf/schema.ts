import type { PlainRule } from "../../core/contract/http-rule.ts";
import type { EnumType, Field, ListType, MapType, StructType, Type, UnionType } from "../../core/type/type.ts";
import { checkTyped, untyped } from "../../core/type/typed.ts";
import { checkForms, wordOf } from "./form.ts";
import { byNumber, isMessage, numbersOf, repeats } from "./format.ts";
import { capital, carriesName, defaultJsonName, enumValue, Names } from "./names.ts";
import { isWellKnown } from "./well-known.ts";

/** The types of a contract as Protobuf has them: what a .proto file says. */
export interface ProtoFile {
  readonly package: string;
  readonly messages: readonly ProtoMessage[];
  readonly enums: readonly ProtoEnum[];
  readonly service: ProtoService | undefined;
}
export interface ProtoMessage {
  readonly name: string;
  readonly comment?: string | undefined;
  readonly fields: readonly ProtoField[];
  /** The name of the one oneof that all fields of a union are in. */
  readonly oneof: string | undefined;
  /** Enums within it; in files of ours all stand side by side. */
  readonly nested?: readonly ProtoEnum[];
}
export interface ProtoField {
  readonly name: string;
  readonly comment?: string | undefined;
  readonly number: number;
  readonly label: "implicit" | "optional" | "repeated" | "map";
  /** A scalar of Protobuf, or the name of a message or enum. */
  readonly type: string;
  /** What the keys of a map are. */
  readonly key: string;
  readonly of: "scalar" | "message" | "enum";
  /** Where it is not what Protobuf makes of the name. */
  readonly jsonName: string | undefined;
  /** The oneof of the message in which it is with some of its fields. */
  readonly oneof?: string;
}
export interface ProtoEnum {
  readonly name: string;
  readonly comment?: string | undefined;
  /** The first has the number 0. */
  readonly values: readonly { readonly name: string; readonly number: number }[];
}
export interface ProtoService {
  readonly name: string;
  readonly methods: readonly ProtoMethod[];
  /** What of the contract is not among the methods. */
  readonly comment: string | undefined;
}
export interface ProtoMethod {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly clientStream: boolean;
  readonly serverStream: boolean;
  readonly idempotent: boolean;
  readonly noSideEffects: boolean;
  /** Its option google.api.http. */
  readonly http: PlainRule | undefined;
  /** What Protobuf has no words for. */
  readonly comment: string | undefined;
}

const TIMESTAMP = "google.protobuf.Timestamp";
const scalars: Readonly<Record<string, string>> = {
  bool: "bool",
  int32: "int32",
  int53: "int64",
  int64: "int64",
  decimal: "string",
  float32: "float",
  float64: "double",
  string: "string",
  bytes: "bytes",
};

/** Collects messages and enums, each once, in the order in which they are met. */
export class SchemaBuilder {
  readonly #names: Names;
  readonly #package: string;
  readonly #messages: ProtoMessage[] = [];
  readonly #enums: ProtoEnum[] = [];
  /** By name, what is said of types and their fields. */
  readonly #docs: Readonly<Record<string, string>>;

  constructor(contract: string, docs: Readonly<Record<string, string>> = {}) {
    this.#docs = docs;
    this.#names = new Names(contract);
    this.#package = contract.slice(0, Math.max(contract.lastIndexOf("."), 0));
  }

  file(service?: ProtoService): ProtoFile {
    return { package: this.#package, messages: this.#messages, enums: this.#enums, service };
  }

  /** Adds a record with all that it contains, and returns its name. */
  add(type: StructType | UnionType): string {
    checkTyped("protobuf", type, type.name);
    checkForms(type, type.name);
    return this.#add(type);
  }

  #add(type: StructType | UnionType): string {
    if (isWellKnown(type.name)) return type.name;
    const { name, first } = this.#names.of(type);
    if (first) {
      const comment = this.#docs[type.name];
      this.#message({ name, oneof: type.kind === "union" ? "value" : undefined, comment }, () =>
        byNumber(type).map((field) => ({
          ...this.#field(field, type.kind === "union"),
          comment: this.#docs[`${type.name}.${field.name}`],
        })),
      );
    }
    return name;
  }

  /** Its place is before the types that its fields bring with them. */
  #message(head: Omit<ProtoMessage, "fields">, fields: () => ProtoField[]): void {
    const { oneof } = head;
    const index = this.#messages.length;
    this.#messages.push({ ...head, fields: [] });
    const resolved = fields();
    const free = oneof === undefined || !resolved.some((field) => field.name === oneof) ? oneof : `${oneof}_case`;
    this.#messages[index] = { ...head, oneof: free, fields: resolved };
  }

  #field(field: Field, inUnion: boolean): ProtoField {
    const { type } = field;
    if (repeats(field) && !inUnion) return this.#repeated(field.name, field.number, type as ListType | MapType);
    const optional = field.optional || (field.defaultValue !== undefined && !isMessage(type));
    return {
      name: field.name,
      number: field.number,
      label: optional && !isMessage(type) && type.kind !== "timestamp" ? "optional" : "implicit",
      key: "",
      jsonName: defaultJsonName(field.name) === field.name ? undefined : field.name,
      ...this.#value(type),
    };
  }

  #repeated(name: string, number: number, type: ListType | MapType): ProtoField {
    return {
      name,
      number,
      label: type.kind === "list" ? "repeated" : "map",
      key: type.kind === "list" ? "" : (wordOf(type) ?? "string"),
      jsonName: defaultJsonName(name) === name ? undefined : name,
      ...this.#value(type.kind === "list" ? type.item : type.value),
    };
  }

  #value(type: Type): Pick<ProtoField, "type" | "of"> {
    switch (type.kind) {
      case "struct":
      case "union":
        return { type: this.#add(type), of: "message" };
      case "list":
      case "map":
        return { type: this.#wrapper(type), of: "message" };
      case "enum":
        return { type: this.#enum(type), of: "enum" };
      case "timestamp":
        return { type: TIMESTAMP, of: "message" };
      default: {
        const scalar = wordOf(type) ?? scalars[type.kind];
        if (scalar === undefined) throw untyped("protobuf", "the schema");
        return { type: scalar, of: isMessage(type) ? "message" : "scalar" };
      }
    }
  }

  #wrapper(type: ListType | MapType): string {
    const inner = type.kind === "list" ? type.item : type.value;
    const { type: of } = this.#value(inner);
    const { name, first } = this.#names.wrapper(type, capital(of.slice(of.lastIndexOf(".") + 1)));
    if (first) {
      const field = type.kind === "list" ? "items" : "entries";
      this.#message({ name, oneof: undefined }, () => [this.#repeated(field, 1, type)]);
    }
    return name;
  }

  /** An enum's values stand beside the enum in Protobuf, so they carry its name. */
  #enum(type: EnumType): string {
    if (isWellKnown(type.name)) return type.name;
    const { name, first } = this.#names.of(type);
    if (first) {
      const carried = type.members.every((member) => carriesName(type.name, member));
      const named = (member: string): string => this.#names.unique(carried ? member : enumValue(name, member));
      const numbers = numbersOf(type);
      const values = type.members.map((member, i) => ({ name: named(member), number: numbers[i] as number }));
      // The first must have the number 0, which here no member needs to have.
      const zero = values.find(({ number }) => number === 0) ?? {
        name: this.#names.unique(enumValue(name, "unspecified")),
        number: 0,
      };
      this.#enums.push({
        name,
        comment: this.#docs[type.name],
        values: [zero, ...values.filter((value) => value !== zero)],
      });
    }
    return name;
  }
}
