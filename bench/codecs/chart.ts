import { type Entry, formats, reference } from "./contender.ts";
import type { Results } from "./report.ts";
import type { Measured } from "./rounds.ts";

/*
 * One panel for each value, one bar for each contender: encoding, then decoding, on a linear scale of its own. What is
 * far slower than JSON is cut off, or the others could not be told apart; its label says how long it is.
 */
const columns = 2;
const panelWidth = 700;
const labelWidth = 190;
const figuresWidth = 130;
const margin = 28;
const headHeight = 130;
const panelHead = 52;
const rowHeight = 19;
const groupGap = 9;
const barHeight = 13;
const footHeight = 30;
/** The scale ends here, in times of JSON's bar. */
const cutAt = 1.5;

const colors = {
  ours: { encode: "#0b5cad", decode: "#6fb1ee" },
  others: { encode: "#6b7280", decode: "#c3c8d0" },
  text: "#1b1f24",
  quiet: "#5b636e",
  line: "#d5d9df",
  json: "#b4232a",
  background: "#ffffff",
};

const font = "DejaVu Sans, Verdana, sans-serif";

interface Style {
  readonly size?: number;
  readonly color?: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly bold?: boolean;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function label(
  x: number,
  y: number,
  text: string,
  { size = 12, color = colors.text, anchor = "start", bold }: Style = {},
): string {
  const weight = bold ? ' font-weight="bold"' : "";
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escaped(text)}</text>`;
}

function box(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0, width).toFixed(1)}" height="${height}" fill="${fill}"/>`;
}

function vertical(x: number, top: number, bottom: number, stroke: string, dash = ""): string {
  return `<line x1="${x.toFixed(1)}" y1="${top}" x2="${x.toFixed(1)}" y2="${bottom}" stroke="${stroke}"${dash && ` stroke-dasharray="${dash}"`}/>`;
}

function microseconds(nanoseconds: number): string {
  const value = nanoseconds / 1000;
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}

function size(bytes: number): string {
  return bytes < 10_000 ? `${bytes.toLocaleString("en")} B` : `${(bytes / 1000).toFixed(1)} kB`;
}

/** A step of 1, 2 or 5 times a power of ten that divides the scale into about five. */
function tickStep(end: number): number {
  const power = 10 ** Math.floor(Math.log10(end / 5));
  return power * ([1, 2, 5].find((factor) => power * factor >= end / 5) ?? 10);
}

interface Bar {
  readonly entry: Entry;
  readonly one: Measured;
  readonly encode: number;
  readonly decode: number;
}

function barsOf({ measured, options }: Results, payload: string): Bar[] {
  const order = (entry: Entry) => {
    const at = formats.indexOf(entry.format as (typeof formats)[number]);
    return at < 0 ? formats.length : at;
  };
  return [...options.entries]
    .sort((a, b) => order(a) - order(b))
    .flatMap((entry) => {
      const one = measured.find((found) => found.payload === payload && found.contender === entry.name);
      if (one?.encode === undefined) return [];
      return [{ entry, one, encode: one.encode.nanoseconds, decode: one.decode.nanoseconds }];
    });
}

/** Where each row begins: contenders of one format stand together. */
function rowsOf(bars: readonly Bar[]): { readonly tops: readonly number[]; readonly height: number } {
  let at = 0;
  const tops = bars.map(({ entry }, index) => {
    if (index > 0 && bars[index - 1]?.entry.format !== entry.format) at += groupGap;
    const top = at;
    at += rowHeight;
    return top;
  });
  return { tops, height: at };
}

function panel(bars: readonly Bar[], title: string, about: string): string[] {
  const { tops, height } = rowsOf(bars);
  const json = bars.find(({ entry }) => entry.name === reference);
  const longest = Math.max(...bars.map(({ encode, decode }) => encode + decode));
  const end = json === undefined ? longest : Math.min(longest, (json.encode + json.decode) * cutAt);
  const left = labelWidth;
  const width = panelWidth - labelWidth - figuresWidth;
  const x = (nanoseconds: number) => left + (Math.min(nanoseconds, end) / end) * width;
  const top = panelHead;
  const parts = [label(0, 16, title, { size: 16, bold: true }), label(0, 35, about, { color: colors.quiet })];

  const step = tickStep(end);
  for (let tick = 0; tick <= end; tick += step) {
    parts.push(vertical(x(tick), top - 4, top + height, colors.line));
    parts.push(
      label(x(tick), top + height + 15, `${Number((tick / 1000).toPrecision(3))}`, {
        size: 11,
        color: colors.quiet,
        anchor: "middle",
      }),
    );
  }
  parts.push(label(left + width + 10, top + height + 15, "µs", { size: 11, color: colors.quiet }));
  bars.forEach(({ entry, one, encode, decode }, index) => {
    const y = top + (tops[index] ?? 0);
    const ours = entry.name.startsWith("trunkline-");
    const { encode: dark, decode: light } = ours ? colors.ours : colors.others;
    const base = y + rowHeight - 6;
    parts.push(label(left - 8, base, entry.name, { anchor: "end", bold: ours }));
    parts.push(box(left, y + 2, x(encode) - left, barHeight, dark));
    parts.push(box(x(encode), y + 2, x(encode + decode) - x(encode), barHeight, light));
    if (encode + decode > end) parts.push(tornEnd(left + width, y + 2));
    parts.push(label(left + width + 64, base, microseconds(encode + decode), { anchor: "end", bold: ours }));
    parts.push(label(panelWidth, base, size(one.bytes), { anchor: "end", color: colors.quiet }));
  });
  if (json !== undefined) {
    const at = x(json.encode + json.decode);
    parts.push(vertical(at, top - 4, top + height, colors.json, "4 3"));
    parts.push(label(at, top - 8, "JSON", { size: 11, color: colors.json, anchor: "middle", bold: true }));
  }
  parts.push(label(left + width + 64, top - 8, "µs", { size: 11, color: colors.quiet, anchor: "end" }));
  parts.push(label(panelWidth, top - 8, "size", { size: 11, color: colors.quiet, anchor: "end" }));
  return parts;
}

/** The end of a bar that goes on. */
function tornEnd(x: number, y: number): string {
  const zigzag = `M${x - 14} ${y} l5 ${barHeight / 2} l-5 ${barHeight / 2} h6 l5 -${barHeight / 2} l-5 -${barHeight / 2} z`;
  return `<path d="${zigzag}" fill="${colors.background}"/>`;
}

function legend(y: number): string[] {
  const keys = [
    [colors.ours.encode, "Trunkline, encode"],
    [colors.ours.decode, "Trunkline, decode"],
    [colors.others.encode, "others, encode"],
    [colors.others.decode, "others, decode"],
  ] as const;
  return keys.flatMap(([color, text], index) => {
    const x = margin + index * 165;
    return [box(x, y - 11, 14, barHeight, color), label(x + 20, y, text)];
  });
}

/** An SVG of all values that were measured. */
export function chart(results: Results): string {
  const { options, machine } = results;
  const drawn = options.payloads.flatMap((payload) => {
    const bars = barsOf(results, payload.name);
    return bars.length === 0 ? [] : [{ payload, bars, height: panelHead + rowsOf(bars).height + footHeight }];
  });
  const across = Math.min(columns, Math.max(1, drawn.length));
  const width = margin + across * (panelWidth + margin);
  const parts: string[] = [];
  let top = headHeight;
  for (let row = 0; row < drawn.length; row += columns) {
    const here = drawn.slice(row, row + columns);
    here.forEach(({ payload, bars }, column) => {
      const inner = panel(bars, payload.name, payload.about.replaceAll("`", ""));
      parts.push(`<g transform="translate(${margin + column * (panelWidth + margin)} ${top})">`, ...inner, "</g>");
    });
    top += Math.max(...here.map(({ height }) => height)) + margin;
  }
  const title = "Codecs: time and size of one value";
  const how = "Shorter is better: microseconds to encode one value to bytes and decode it again, in one thread.";
  const torn = "A bar with a torn end goes on, as its figure says. The red line is JSON.stringify and JSON.parse.";
  const where = `Median of ${options.rounds} rounds. ${machine.replace(/; load.*$/, "")}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="${font}">`,
    `<title>${title}</title>`,
    box(0, 0, width, top, colors.background),
    label(margin, 38, title, { size: 22, bold: true }),
    label(margin, 62, how, { color: colors.quiet }),
    label(margin, 79, torn, { color: colors.quiet }),
    ...legend(106),
    ...parts,
    label(margin, top - 10, where, { size: 11, color: colors.quiet }),
    "</svg>",
    "",
  ].join("\n");
}
