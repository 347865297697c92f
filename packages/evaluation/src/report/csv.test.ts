import assert from "node:assert/strict";
import { test } from "node:test";
import { type CsvCell, csvLine } from "./csv.ts";

const lines: readonly (readonly [cells: readonly CsvCell[], expected: string])[] = [
  [["a", 1, null, 0.5], "a,1,,0.5\r\n"],
  [["a,b", 'say "x"', "two\nlines"], '"a,b","say ""x""","two\nlines"\r\n'],
  [["=1+1", "+a", "-b", "@c", "\td"], "'=1+1,'+a,'-b,'@c,'\td\r\n"],
  [[-1], "-1\r\n"],
  [['=HYPERLINK("a")'], `"'=HYPERLINK(""a"")"\r\n`],
];
for (const [cells, expected] of lines) {
  test(`csvLine: ${JSON.stringify(cells)}`, () => assert.equal(csvLine(cells), expected));
}
