import type { Transport } from "../../core/transport.ts";
export function memory(): Transport {
  throw new Error("being written");
}
