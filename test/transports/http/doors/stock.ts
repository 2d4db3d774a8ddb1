import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { expect } from "chai";
import { protobuf } from "../../../../codecs/protobuf/index.ts";
import { readProto } from "../../../../formats/proto/read.ts";
import { type Contract, createHandler, implement, RpcError } from "../../../../index.ts";
import * as kinds from "../../../core/schema/kinds-pb.ts";
import { root } from "../../../tools/project.ts";
import { library } from "../rest/library.ts";

/** What a stock client of Connect calls, generated from the same file, beside the library. */
export async function kindsHandler() {
  const { contracts } = await readProto(join(root, "test/core/schema/kinds.proto"));
  const contract = contracts.get("kinds.Kinds") as Contract;
  const { response } = contract.methods.find(({ name }) => name === "Collect") as (typeof contract.methods)[number];
  const lists = protobuf().compile(response, response).decode(new Uint8Array(), 0, 0) as object;
  const served = implement(contract, {
    Echo: async (all: unknown) => all,
    Ping: async (_empty: unknown, ctx: { metadata: Record<string, string> }) => {
      if (ctx.metadata["x-fail"]) throw new RpcError({ code: "ABORTED", message: "as you wish" });
      return {};
    },
    async *Watch({ name }: { name: string }) {
      yield { text: name };
      yield { number: 7 };
    },
    Collect: async (choices: AsyncIterable<{ text?: string }>) => {
      const string: (string | undefined)[] = [];
      for await (const { text } of choices) string.push(text);
      return { ...lists, string };
    },
    async *Chat(words: AsyncIterable<unknown>) {
      yield* words;
    },
  } as never);
  return createHandler({ services: [served, library], onError: () => {} });
}

async function* choices(...texts: readonly string[]) {
  for (const value of texts) yield create(kinds.ChoiceSchema, { choice: { case: "text", value } });
}

/** Calls every kind of method that the transport carries, and expects what is answered. */
export async function callAll(transport: Transport, { uploads }: { readonly uploads: boolean }): Promise<void> {
  const client: Client<typeof kinds.Kinds> = createClient(kinds.Kinds, transport);
  expect((await client.ping({})).$typeName).to.equal("google.protobuf.Empty");
  const failed = await client.ping({}, { headers: { "x-fail": "yes" } }).catch((error: unknown) => error);
  expect(failed).to.be.instanceOf(ConnectError).and.include({ code: Code.Aborted, rawMessage: "as you wish" });
  const watched: unknown[] = [];
  for await (const { choice } of client.watch({ name: "oak" })) watched.push(choice.value);
  expect(watched).to.deep.equal(["oak", 7]);
  if (!uploads) return;
  expect((await client.collect(choices("a", "b", ""))).string).to.deep.equal(["a", "b", ""]);
  async function* mixed() {
    for (const value of ["x", "y"]) yield create(kinds.MixedSchema, { payment: { case: "card", value } });
  }
  const heard: unknown[] = [];
  for await (const { payment } of client.chat(mixed())) heard.push(payment.value);
  expect(heard).to.deep.equal(["x", "y"]);
}
