import { type Authenticate, accept, RpcError, refuse, type ServeOptions } from "trunkline";
import { same } from "./exact.ts";

export const fine: readonly Authenticate[] = [
  () => accept("ada"),
  async () => accept({ name: "ada" }),
  (credentials, peer) => (credentials === "x" ? accept(peer.identity) : refuse("unknown")),
  async (credentials) => (credentials === "x" ? accept(1) : refuse("unknown")),
  () => ({ identity: undefined }),
  () => new RpcError({ code: "PERMISSION_DENIED", message: "not you" }),
  () => {
    throw refuse("never");
  },
];
same<NonNullable<ServeOptions["authenticate"]>, Authenticate>();

export const wrong: readonly Authenticate[] = [
  // @ts-expect-error true is no identity
  () => true,
  // @ts-expect-error false is no refusal
  () => false,
  // @ts-expect-error nor is nothing
  () => {},
  // @ts-expect-error an identity stands in accept
  () => "ada",
  // @ts-expect-error also of an asynchronous one
  async () => ({ name: "ada" }),
];
