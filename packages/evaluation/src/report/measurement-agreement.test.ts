import assert from "node:assert/strict";
import { test } from "node:test";
import { blandAltman } from "../observers/bland-altman.ts";
import { intraclassCorrelation } from "../observers/intraclass-correlation.ts";
import { htmlReport } from "./html-report.ts";
import { measurementAgreement } from "./measurement-agreement.ts";
import { tablesCsv } from "./tables-csv.ts";
import { fullReport } from "./test-report.ts";

const rows = [
  { patient: "weber-b 0", values: [4, 4.5, 5] },
  { patient: "b", values: [2, 2.5, 2] },
  { patient: "c", values: [7, null, 6] },
  { patient: "d", values: [3, 3.5, 4.5] },
];
const measured = {
  name: "Medial clear space",
  unit: "mm" as const,
  readers: ["A", "B", "C"],
  rows,
};

test("measurementAgreement: the correlation of what all have measured, limits of what two have", () => {
  const { correlation, pairs } = measurementAgreement(measured);
  const complete = [
    [4, 4.5, 5],
    [2, 2.5, 2],
    [3, 3.5, 4.5],
  ];
  assert.deepEqual(correlation, intraclassCorrelation(complete));
  assert.deepEqual(
    pairs.map(({ readers, limits }) => [readers.join(" and "), limits.pairs, limits.bias.value]),
    [
      ["A and B", 3, -0.5],
      ["A and C", 4, -1.5 / 4],
      ["B and C", 3, -1 / 3],
    ],
  );
  assert.deepEqual(
    pairs[1].limits,
    blandAltman([
      [4, 5],
      [2, 2],
      [7, 6],
      [3, 4.5],
    ]),
  );
});

test("htmlReport, tablesCsv: measurements with their correlation, limits and radiographs", () => {
  const [readers] = fullReport.readers;
  const measurements = [measurementAgreement(measured)];
  const content = { ...fullReport, readers: [{ ...readers, measurements }] };
  const page = htmlReport(content);
  const places = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  for (const [, to] of page.matchAll(/ href="#([^"]+)"/g)) assert.ok(places.has(to), to);
  const words = page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
  assert.match(words, /Medial clear space \(mm\), all readers 3 0\.\d\d/);
  assert.match(words, /A less B 3 −0\.50/);
  assert.match(words, /all measured Medial clear space 3\/4: /);
  assert.ok(tablesCsv(content).includes(`,measurements,Medial clear space,"ICC(2,1)",`));
  assert.ok(!/NaN|Infinity|undefined/.test(page));
});
