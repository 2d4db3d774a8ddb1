import { AUTHORIZATION, own } from "./headers.ts";

const BEARER = "Bearer ";
/** What a token may be made of. */
const TOKEN = /^[!-~]+$/;

/** How a client shows its credentials with each call; `undefined` where it has none. */
export function credentialHeader(credentials: unknown): readonly [name: string, value: string] | undefined {
  if (credentials === undefined) return undefined;
  if (typeof credentials === "string" && TOKEN.test(credentials)) return [AUTHORIZATION, BEARER + credentials];
  return [own.credentials, Buffer.from(JSON.stringify(credentials)).toString("base64url")];
}

/** What `credentialHeader` was given, whoever calls. */
export function shownCredentials(authorization: string | undefined, encoded: string | undefined): unknown {
  if (encoded !== undefined) {
    try {
      return JSON.parse(Buffer.from(encoded, "base64url").toString());
    } catch {
      return undefined;
    }
  }
  if (authorization === undefined) return undefined;
  return /^bearer /i.test(authorization) ? authorization.slice(BEARER.length).trim() : authorization;
}
