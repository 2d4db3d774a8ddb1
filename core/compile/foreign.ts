import { RpcError } from "../error.ts";

/** Stands for the writer of a type that came over a wire: nobody writes such values, and no code is made for them. */
export function refuseForeign(): never {
  throw new RpcError({ code: "INTERNAL", message: "a value cannot be written by a type that came from the peer" });
}
