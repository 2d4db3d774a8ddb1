/** The closed set of error codes: the sixteen of gRPC, in its numbering. */
export const codes = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Code = keyof typeof codes;

const names = new Map<number, Code>(Object.entries(codes).map(([name, number]) => [number, name as Code]));

/** The name of a code as it crossed a wire; what is unknown becomes `UNKNOWN`. */
export function codeFromNumber(number: number): Code {
  return names.get(number) ?? "UNKNOWN";
}
