import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { closeStudy, openStudy } from "../study.ts";
import { newStudy } from "../test-study.ts";
import { readReaderScores } from "./reader-scores.ts";

const HEAD = "patient,reader,condition,score\n";
const files: readonly (readonly [text: string, expected: RegExp | readonly unknown[]])[] = [
  [
    `${HEAD}P1,Ann,alone,3\nP1,Ann,with,4.5\n`,
    [
      { patient: "P1", reader: "Ann", condition: "alone", score: 3 },
      { patient: "P1", reader: "Ann", condition: "with", score: 4.5 },
    ],
  ],
  [
    "Score;Condition;Reader;Patient\n0,25;alone; Ann ;P2\n",
    [{ patient: "P2", reader: "Ann", condition: "alone", score: 0.25 }],
  ],
  [HEAD, []],
  [`${HEAD}P3,Ann,alone,3\n`, /line 2: expected a patient's pseudonym of this study/],
  [`${HEAD}P1,Ann,,3\n`, /line 2: expected a reader and a condition, got an empty cell/],
  [`${HEAD}P1,,alone,3\n`, /line 2: expected a reader and a condition, got an empty cell/],
  [`${HEAD}P1,Ann,alone,\n`, /line 2: expected a number as score, got none/],
  [`${HEAD}P1,Ann,alone,high\n`, /line 2: expected a number as score, got none/],
  [`${HEAD}P1,Ann,alone,3\nP2,Ann,alone,3\nP1,Ann,alone,4\n`, /line 4: expected one score/],
  ["patient,reader,score\nP1,Ann,3\n", /patient, reader, condition and score/],
];
test("readReaderScores: a score a line, and a fault with its line", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const study = await openStudy(path);
  context.after(() => closeStudy(study));
  const patients = ["P1", "P2"].map((id) => ({ id, hospital: "a" }));
  await study.database.insertInto("patients").values(patients).execute();
  const file = join(folder, "readers.csv");
  for (const [text, expected] of files) {
    writeFileSync(file, text);
    const read = readReaderScores(study, file);
    if (expected instanceof RegExp) await assert.rejects(read, expected, text);
    else assert.deepEqual(await read, expected, text);
  }
});
