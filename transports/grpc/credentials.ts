import { RpcError } from "../../core/error.ts";
import { AUTHORIZATION, own } from "./headers.ts";

const BEARER = "Bearer ";
/** What a token may be made of. */
const TOKEN = /^[!-~]+$/;

/** How a client shows its credentials with each call; `undefined` where it has none. */
export function credentialHeader(credentials: unknown): readonly [name: string, value: string] | undefined {
  if (credentials === undefined || credentials === null) return undefined;
  if (typeof credentials === "string" && TOKEN.test(credentials)) return [AUTHORIZATION, BEARER + credentials];
  return [own.credentials, Buffer.from(JSON.stringify(credentials)).toString("base64url")];
}

/** What `credentialHeader` was given, whoever calls. Throws what the caller may see where it cannot be read. */
export function shownCredentials(authorization: string | undefined, encoded: string | undefined): unknown {
  if (encoded !== undefined) {
    try {
      return JSON.parse(Buffer.from(encoded, "base64url").toString());
    } catch (cause) {
      const message = "the header trunkline-credentials is no JSON as base64url";
      throw new RpcError({ code: "UNAUTHENTICATED", message, cause });
    }
  }
  if (authorization === undefined) return undefined;
  return /^bearer /i.test(authorization) ? authorization.slice(BEARER.length).trim() : authorization;
}
