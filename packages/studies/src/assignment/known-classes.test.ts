import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { closeStudy, openStudy } from "../study.ts";
import { newStudy } from "../test-study.ts";
import { readKnownClasses } from "./known-classes.ts";

const HEAD = "patient,class\n";
const files: readonly (readonly [text: string, expected: RegExp | Record<string, string>])[] = [
  [`${HEAD}P1,weber_b\nP2,No fracture\n`, { P1: "weber_b", P2: "no_fracture" }],
  ["Class;Seen on;Patient\nWeber C;CT;P2\n", { P2: "weber_c" }],
  [`${HEAD}`, {}],
  [`${HEAD}P1,weber_d\n`, /line 2: expected one of the classes weber_a, .*got another/],
  [`${HEAD}P1,weber_a\nP3,weber_a\n`, /line 3: expected a patient's pseudonym of this study/],
  [`${HEAD}P1,weber_a\nP1,weber_b\n`, /line 3: expected every patient once/],
  ["case,class\nP1,weber_a\n", /patient and class/],
];
test("readKnownClasses: by id or name of a class, and a fault with its line", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const study = await openStudy(path);
  context.after(() => closeStudy(study));
  const patients = ["P1", "P2"].map((id) => ({ id, hospital: "a" }));
  await study.database.insertInto("patients").values(patients).execute();
  const file = join(folder, "truth.csv");
  for (const [text, expected] of files) {
    writeFileSync(file, text);
    const read = readKnownClasses(study, file);
    if (expected instanceof RegExp) await assert.rejects(read, expected, text);
    else assert.deepEqual(Object.fromEntries(await read), expected, text);
  }
});
