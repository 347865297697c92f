/** A table for a terminal: the first columns to the left, as many as asked, numbers to the right. */

/** Rows of one length; each ends with a newline. */
export function alignedTable(rows: readonly (readonly string[])[], leftColumns: number): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) => {
      const cells = row.map((cell, i) =>
        i < leftColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i]),
      );
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}
