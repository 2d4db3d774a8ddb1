export type Row = readonly string[];

/** The first column to the left, all others to the right. */
function pad(rows: readonly Row[]): string[][] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
}

/** The first row is the heading. */
export function plainTable(rows: readonly Row[]): string {
  const [head = [], ...body] = pad(rows).map((row) => row.join("  "));
  return [head, "-".repeat(head.length), ...body].join("\n");
}

export function markdownTable(rows: readonly Row[]): string {
  const [head = [], ...body] = pad(rows);
  const line = head.map((cell, column) => (column === 0 ? "-".repeat(cell.length) : `${"-".repeat(cell.length - 1)}:`));
  return [head, line, ...body].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
