import { MAX_TIMESTAMP_MS, MIN_TIMESTAMP_MS } from "./explain.ts";

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** A moment from RFC 3339, to the millisecond; `undefined` where the text is not one of the years 1 to 9999. */
export function readTimestamp(text: string): Date | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const daysInMonth = new Date(Date.UTC(2000 + (Number(match[1]) % 400), Number(match[2]), 0)).getUTCDate();
  if (Number(match[3]) > daysInMonth) return undefined;
  const date = new Date(text.toUpperCase());
  return date.getTime() >= MIN_TIMESTAMP_MS && date.getTime() <= MAX_TIMESTAMP_MS ? date : undefined;
}
