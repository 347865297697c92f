/** One line of a comma-separated table (RFC 4180) that a spreadsheet takes for text and numbers alone. */

export type CsvCell = string | number | null;

/**
 * Null is an empty cell. A text that begins like a formula gets an apostrophe in front, since a
 * spreadsheet would compute it.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

function cellText(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
