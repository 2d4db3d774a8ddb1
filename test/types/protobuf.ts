import type { DescEnum, DescMessage } from "@bufbuild/protobuf";
import type { GenMessage as OlderMessage } from "@bufbuild/protobuf/codegenv1";
import {
  arg,
  type Client,
  type Infer,
  implement,
  rpc,
  type StreamMethod,
  service,
  stream,
  t,
  typeOf,
  unimplemented,
} from "trunkline";
import * as kinds from "../core/schema/kinds-pb.ts";
import {
  ChoiceSchema,
  type ColorSchema,
  MixedSchema,
  OptionalsSchema,
  ScalarsSchema,
  TreeSchema,
} from "../core/schema/kinds-pb.ts";
import { same, some } from "./exact.ts";

interface Tree {
  name: string;
  children: Tree[];
  next?: Tree | undefined;
  named: Record<string, Tree>;
}
interface Choice {
  text?: string | undefined;
  number?: number | undefined;
  color?: string | undefined;
  tree?: Tree | undefined;
  wrapper?: { value: number } | undefined;
  at?: Date | undefined;
}

// A message is a plain object: no $typeName, bigint for 64 bits, text where the file asks for it.
same<
  Infer<typeof ScalarsSchema>,
  {
    double: number;
    float: number;
    int64: bigint;
    uint64: bigint;
    int32: number;
    fixed64: bigint;
    fixed32: number;
    bool: boolean;
    string: string;
    bytes: Uint8Array;
    uint32: number;
    sfixed32: number;
    sfixed64: bigint;
    sint32: number;
    sint64: bigint;
    uint64Text: string;
  }
>();
same<
  Infer<typeof OptionalsSchema>,
  {
    double?: number | undefined;
    int64?: bigint | undefined;
    uint64?: bigint | undefined;
    bool?: boolean | undefined;
    string?: string | undefined;
    bytes?: Uint8Array | undefined;
    uint32?: number | undefined;
    sint64?: bigint | undefined;
    color?: string | undefined;
  }
>();

// An enum's members are strings. A name that no object can be given gets a `_`.
same<Infer<typeof ColorSchema>, string>();
type Mixed = Infer<typeof MixedSchema>;
same<
  Omit<Mixed, "choice" | "other">,
  {
    card?: string | undefined;
    points?: bigint | undefined;
    yes?: boolean | undefined;
    level?: string | undefined;
    constructor_: number;
    toString_?: string | undefined;
    then_: string;
    plainLevel: string;
  }
>();

// Recursion, and a message that is nothing but a oneof.
const tree: Tree = some<Infer<typeof TreeSchema>>();
const back: Infer<typeof TreeSchema> = tree;
export const deep: string | undefined = back.children[0]?.named["a"]?.next?.name;
const choice: Choice = some<Infer<typeof ChoiceSchema>>();
export const again: Infer<typeof ChoiceSchema> = choice;
export const inside: Mixed["choice"] = choice;
export const unset: Infer<typeof ChoiceSchema> = {};
same<keyof Infer<typeof ChoiceSchema>, keyof Choice>();

// Lists and maps, of every key; the messages that stand for something else.
type Lists = Infer<typeof kinds.ListsSchema>;
same<Pick<Lists, "color" | "bytes" | "timestamp">, { color: string[]; bytes: Uint8Array[]; timestamp: Date[] }>();
same<Pick<Lists, "wrapper">, { wrapper: { value: string }[] }>();
type Maps = Infer<typeof kinds.MapsSchema>;
same<
  Pick<Maps, "int32" | "int64" | "fixed32" | "sfixed32" | "sfixed64">,
  {
    int32: Record<string, string>;
    int64: Record<string, boolean>;
    fixed32: Record<string, string>;
    sfixed32: Record<string, Date>;
    sfixed64: Record<string, { value: boolean }>;
  }
>();
type WellKnown = Infer<typeof kinds.WellKnownSchema>;
same<
  Pick<WellKnown, "timestamp" | "duration" | "any" | "empty" | "uint64" | "string">,
  {
    timestamp?: Date | undefined;
    duration?: { seconds: bigint; nanos: number } | undefined;
    any?: { typeUrl: string; value: Uint8Array } | undefined;
    // biome-ignore lint/complexity/noBannedTypes: a message without fields
    empty?: {} | undefined;
    uint64?: bigint | undefined;
    string?: string | undefined;
  }
>();
const json: NonNullable<WellKnown["struct"]> = {
  fields: { a: { listValue: { values: [{ numberValue: 1 }, {}] } } },
};
export const value: WellKnown["value"] = json.fields["a"];
export const list: WellKnown["list"] = { values: [{ structValue: json }] };

// Code that an older release generated says the same.
same<Infer<OlderMessage<kinds.Tree>>, Infer<typeof TreeSchema>>();
// A descriptor that was made at run time says nothing.
same<Infer<DescMessage>, Record<string, unknown>>();
same<Infer<DescEnum>, string>();

@service("kinds.Trees")
export abstract class Trees {
  @rpc({ params: [arg("tree", TreeSchema)], returns: ScalarsSchema })
  plant(tree: Tree): Promise<Infer<typeof ScalarsSchema>> {
    return unimplemented(tree);
  }
  @stream({ params: [arg("mixed", MixedSchema), arg("of", t.list(typeOf(ChoiceSchema)))], yields: OptionalsSchema })
  watch(mixed: Mixed, of: Choice[]): AsyncIterable<Infer<typeof OptionalsSchema>> {
    return unimplemented(mixed, of);
  }
  // @ts-expect-error a tree is no text
  @rpc({ params: [arg("tree", TreeSchema)] })
  fell(tree: string): Promise<void> {
    return unimplemented(tree);
  }
}

// A generated service is a contract, whose methods have the names and types of its own.
type KindsClient = Client<typeof kinds.Kinds>;
same<keyof KindsClient, "echo" | "ping" | "watch" | "collect" | "chat">();
same<KindsClient["watch"], StreamMethod<[request: Tree], Choice>>();
export const served = implement(kinds.Kinds, {
  echo: (all) => all,
  ping: async (_, { peer }) => (peer.address === "" ? {} : {}),
  watch: async function* (tree) {
    yield { text: tree.name };
  },
  // @ts-expect-error its items are choices
  collect: async (choices: AsyncIterable<Tree>) => choices as never,
  chat: (mixed) => mixed,
});
// @ts-expect-error nothing does the work of chat, and of others
implement(kinds.Kinds, { echo: async (all) => all });
