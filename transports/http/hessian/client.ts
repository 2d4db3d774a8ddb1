import { RpcError } from "../../../core/error.ts";
import type { ClientEnvironment, Link } from "../../../core/transport.ts";
import type { ResolvedHessianOptions } from "./options.ts";

export function connectLink(url: string, _environment: ClientEnvironment, _options: ResolvedHessianOptions): Link {
  throw new RpcError({ code: "UNIMPLEMENTED", message: `${url}: there is no client of this transport yet` });
}
