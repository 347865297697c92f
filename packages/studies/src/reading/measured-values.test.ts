import assert from "node:assert/strict";
import { test } from "node:test";
import { imageColumn, type Measurement } from "@malleolus/schema";
import { addCases, facts, imageId, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { assignReaders } from "./assign-readers.ts";
import { measuredValues } from "./measured-values.ts";
import { submitReading, withdrawReading } from "./submit-reading.ts";

const [AP, LATERAL] = [imageId("x", "ap"), imageId("x", "lateral")];
const gap = (image: string, x: number, rule: string | null = "fracture-gap"): Measurement => ({
  image,
  rule,
  form: "length",
  points: [
    [0, 0],
    [x, 0],
  ],
});
const tilt: Measurement = {
  image: AP,
  rule: "talar-tilt",
  form: "between lines",
  points: [
    [0, 0],
    [10, 0],
    [0, 5],
    [10, 15],
  ],
};

test("measuredValues: by rule and radiograph, what at least two have measured", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", patient: "P", views: ["ap", "lateral"] }]);
  await assignReaders(study, "curation");
  const [one, two, three] = OBSERVERS;
  const submit = (reader: string, measurements: readonly Measurement[]) =>
    submitReading(study, { ...reading("x", reader, "weber_b"), measurements: [...measurements] });
  await submit(one, [gap(AP, 10), gap(AP, 99, null), gap(LATERAL, 7), tilt]);
  assert.deepEqual(await measuredValues(study, "curation"), [], "of one reader there is nothing");
  await submit(two, [gap(AP, 20), tilt]);
  await submit(two, [gap(AP, 14), tilt]);
  await submit(three, [gap(AP, 30)]);
  await withdrawReading(study, { panel: "curation", caseId: "x", reader: three });
  const [lengths, angles, ...rest] = (await measuredValues(study, "curation")).toSorted((a, b) =>
    a.unit < b.unit ? 1 : -1,
  );
  assert.deepEqual([lengths.name, lengths.unit], ["Gap of the fracture", "mm"]);
  assert.deepEqual(lengths.readers, [one, two]);
  // Half a millimetre a pixel.
  assert.deepEqual(lengths.rows, [{ patient: "P", values: [5, 7] }]);
  assert.deepEqual(
    angles.rows.map(({ values }) => values.map((value) => Math.round(value ?? 0))),
    [[45, 45]],
  );
  assert.deepEqual(rest, []);
  assert.deepEqual(await measuredValues(study, "reference"), []);
});

test("measuredValues: of a radiograph without a spacing its angles, and no lengths", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "x", patient: "P", views: ["ap"] }]);
  const unknown = { ...facts("ap"), pixelSpacingMm: null, spacingSource: "none" } as const;
  await study.database
    .updateTable("images")
    .set({ facts: imageColumn.write(unknown) })
    .execute();
  await assignReaders(study, "curation");
  const [one, two] = OBSERVERS;
  const step: Measurement = {
    ...tilt,
    rule: "fracture-step",
    form: "perpendicular",
    points: tilt.points.slice(0, 3),
  };
  for (const reader of [one, two]) {
    const measurements = [gap(AP, 10), step, tilt];
    await submitReading(study, { ...reading("x", reader, "weber_b"), measurements });
  }
  const tables = await measuredValues(study, "curation");
  assert.deepEqual(
    tables.map(({ name, unit }) => [name, unit]),
    [["Talar tilt", "degrees"]],
  );
});
