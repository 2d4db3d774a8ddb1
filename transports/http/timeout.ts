import { RpcError } from "../../core/error.ts";

/** At most ten digits: https://connectrpc.com/docs/protocol#unary-request */
const MILLISECONDS = /^\d{1,10}$/;
const MAX_CONNECT_MS = 9_999_999_999;
/** At most eight digits and a unit: https://grpc.github.io/grpc/core/md_doc__p_r_o_t_o_c_o_l-_h_t_t_p2.html */
const GRPC = /^(\d{1,8})([HMSmun])$/;
const MAX_GRPC = 99_999_999;
const unitMs: Readonly<Record<string, number>> = { n: 1e-6, u: 1e-3, m: 1, S: 1000, M: 60_000, H: 3_600_000 };

/** `Connect-Timeout-Ms`; `undefined` where there is none. Throws where it cannot be read. */
export function readConnectTimeout(header: unknown): number | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (MILLISECONDS.test(text)) return Number(text);
  throw unreadable("connect-timeout-ms", text, "whole milliseconds of at most 10 digits");
}

export function writeConnectTimeout(timeoutMs: number): string {
  return String(Math.min(Math.max(0, Math.floor(timeoutMs)), MAX_CONNECT_MS));
}

/** `grpc-timeout`, in milliseconds; `undefined` where there is none. Throws where it cannot be read. */
export function readGrpcTimeout(header: unknown): number | undefined {
  if (header === undefined) return undefined;
  const match = GRPC.exec(String(header));
  if (match === null) throw unreadable("grpc-timeout", String(header), "at most 8 digits and one of H M S m u n");
  return Number(match[1]) * (unitMs[match[2] as string] as number);
}

/** In the finest unit that eight digits hold. */
export function writeGrpcTimeout(timeoutMs: number): string {
  const left = Math.max(0, timeoutMs);
  for (const [unit, ms] of Object.entries(unitMs)) {
    const count = Math.floor(left / ms);
    if (count <= MAX_GRPC) return `${count}${unit}`;
  }
  return `${MAX_GRPC}H`;
}

function unreadable(header: string, text: string, expected: string): RpcError {
  const message = `the header ${header} is ${JSON.stringify(text.slice(0, 40))}; expected ${expected}`;
  return new RpcError({ code: "INVALID_ARGUMENT", message });
}
