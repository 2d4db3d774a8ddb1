import { type Code, codes } from "../../core/code.ts";

/*
 * Codes, as HTTP and Connect have them. https://connectrpc.com/docs/protocol#error-codes
 */

const httpStatus: Readonly<Record<Code, number>> = {
  CANCELLED: 499,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 400,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

export function httpStatusOf(code: Code): number {
  return httpStatus[code];
}

/** What an answer that says nothing else means. https://connectrpc.com/docs/protocol#http-to-error-code */
export function codeOfHttpStatus(status: number): Code {
  switch (status) {
    case 400:
      return "INTERNAL";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "UNIMPLEMENTED";
    case 429:
    case 502:
    case 503:
    case 504:
      return "UNAVAILABLE";
    default:
      return "UNKNOWN";
  }
}

const words = new Map((Object.keys(codes) as Code[]).map((code) => [connectWord(code), code]));

/** `canceled` is spelt as in gRPC's own text form, with one l. */
export function connectWord(code: Code): string {
  return code === "CANCELLED" ? "canceled" : code.toLowerCase();
}

/** The code of a word of Connect's; `undefined` where there is none. */
export function codeOfWord(word: unknown): Code | undefined {
  return typeof word === "string" ? words.get(word) : undefined;
}
