/** The bytes of `"2024-05-17T08:30:15.123Z"` with its quotes. */
export const MOMENT_BYTES = 26;
const DAYS_TO_1970 = 719_468;

/** The milliseconds of a moment in exactly that form, which our encoder writes; NaN where anything else stands at `p`. */
export function readMoment(b: Uint8Array, p: number): number {
  const form =
    b[p] === 34 &&
    b[p + 5] === 45 &&
    b[p + 8] === 45 &&
    b[p + 11] === 84 &&
    b[p + 14] === 58 &&
    b[p + 17] === 58 &&
    b[p + 20] === 46 &&
    b[p + 24] === 90 &&
    b[p + 25] === 34;
  if (!form) return Number.NaN;
  const year = readTwo(b, p + 1) * 100 + readTwo(b, p + 3);
  const month = readTwo(b, p + 6);
  const day = readTwo(b, p + 9);
  const hours = readTwo(b, p + 12);
  const minutes = readTwo(b, p + 15);
  const seconds = readTwo(b, p + 18);
  const last = (b[p + 23] as number) - 48;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const daysInMonth = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  const valid =
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysInMonth &&
    hours <= 23 &&
    minutes <= 59 &&
    seconds <= 59 &&
    last >= 0 &&
    last <= 9;
  if (!valid) return Number.NaN;
  // Years begin in March, so that the day of a leap year is the last.
  const marchYear = month > 2 ? year : year - 1;
  const leaps = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const days = 365 * marchYear + leaps + dayOfYear - DAYS_TO_1970;
  return ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + readTwo(b, p + 21) * 10 + last;
}

/** The number of two digits; NaN where there are none. */
function readTwo(b: Uint8Array, p: number): number {
  const tens = (b[p] as number) - 48;
  const ones = (b[p + 1] as number) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
