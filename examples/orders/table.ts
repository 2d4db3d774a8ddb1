export interface Column {
  /** Its lines, top to bottom. */
  readonly heading: readonly string[];
  readonly align: "left" | "right";
}

type Rows = readonly (readonly string[])[];
/** Applied to a padded cell, so that what a style adds has no width. */
export type CellStyle = (text: string, row: number, column: number) => string;

/** Rows with lines around them, for a terminal. */
export function boxTable(columns: readonly Column[], rows: Rows, style: CellStyle): string[] {
  const widths = widthsOf(columns, rows);
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const line = (cells: readonly string[], row: number): string =>
    `│ ${cells.map((cell, i) => style(pad(cell, columns[i], widths[i] ?? 0), row, i)).join(" │ ")} │`;
  return [
    rule("┌", "┬", "┐"),
    ...headingLines(columns).map((cells) => line(cells, -1)),
    rule("├", "┼", "┤"),
    ...rows.map(line),
    rule("└", "┴", "┘"),
  ];
}

/** The same as plain text. */
export function plainTable(columns: readonly Column[], rows: Rows): string[] {
  const widths = widthsOf(columns, rows);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => pad(cell, columns[i], widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  return [...headingLines(columns).map(line), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)];
}

/** How wide `boxTable` would be. */
export function boxWidth(columns: readonly Column[], rows: Rows): number {
  return widthsOf(columns, rows).reduce((sum, width) => sum + width + 3, 1);
}

function widthsOf(columns: readonly Column[], rows: Rows): number[] {
  return columns.map(({ heading }, i) =>
    Math.max(...heading.map((line) => line.length), ...rows.map((row) => row[i]?.length ?? 0)),
  );
}

/** Headings stand at the bottom of their cell. */
function headingLines(columns: readonly Column[]): string[][] {
  const height = Math.max(...columns.map(({ heading }) => heading.length));
  return Array.from({ length: height }, (_, i) =>
    columns.map(({ heading }) => heading[i - height + heading.length] ?? ""),
  );
}

function pad(text: string, column: Column | undefined, width: number): string {
  return column?.align === "right" ? text.padStart(width) : text.padEnd(width);
}
