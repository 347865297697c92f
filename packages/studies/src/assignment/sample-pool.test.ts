/** Samples of small pools, without a database. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PoolCase } from "./pool.ts";
import {
  samplePatients,
  samplePatientsByClass,
  sampleRadiographs,
  sampleTuning,
} from "./sample-pool.ts";

/** A case of a patient of its own with two radiographs, unless the change says otherwise. */
function poolCase(id: string, change: Partial<PoolCase> = {}): PoolCase {
  const images = ["ap", "lateral"].map((view) => ({
    image: `${id} ${view}`,
    view: null,
    impossible: false,
    preliminary: false,
  }));
  return { id, patient: `patient of ${id}`, class: "weber_b", partition: null, images, ...change };
}

const several = (count: number, change: Partial<PoolCase> = {}) =>
  Array.from({ length: count }, (_, place) =>
    poolCase(`${change.class ?? "weber_b"} ${place}`, change),
  );

test("samplePatients: a patient of several cases once, with ranks from 0, and no more than there are", () => {
  const pool = [
    poolCase("a1", { patient: "A" }),
    poolCase("a2", { patient: "A" }),
    poolCase("b1", { patient: "B" }),
  ];
  const all = samplePatients(pool, 5, 1, "external test");
  assert.deepEqual(all.map((one) => one.case.patient).toSorted(), ["A", "B"]);
  assert.deepEqual(
    all.map(({ rank }) => rank),
    [0, 1],
  );
  assert.deepEqual(samplePatients(pool, 1, 1, "external test"), all.slice(0, 1));
});

test("samplePatientsByClass: as many as are there suffice, and one less is said by class", () => {
  const pool = [...several(3), ...several(2, { class: "weber_c" })];
  const keys = ["splits.a", "splits.b"];
  const drawn = (count: number) =>
    samplePatientsByClass(pool, ["weber_b", "weber_c"], count, keys, 1);
  const two = drawn(2);
  assert.deepEqual(two.shortages, []);
  assert.deepEqual(
    two.sampled.map((one) => [one.case.class, one.rank]),
    [
      ["weber_b", 0],
      ["weber_b", 1],
      ["weber_c", 0],
      ["weber_c", 1],
    ],
  );
  assert.deepEqual(drawn(3).shortages, [{ what: "patients of weber_c", asked: 3, found: 2, keys }]);
});

const options = { noFractureClass: "none", seed: 1, purpose: "training" } as const;
const imagesOf = ({ sampled }: ReturnType<typeof sampleRadiographs>) =>
  sampled.map(({ image }) => image.image);

test("sampleRadiographs: all views of a patient before the next patient's, in the order of their names", () => {
  const pool = [
    poolCase("a2", { patient: "A" }),
    poolCase("a1", { patient: "A" }),
    poolCase("b1", { patient: "B" }),
  ];
  const a = ["a1 ap", "a1 lateral", "a2 ap", "a2 lateral"];
  const b = ["b1 ap", "b1 lateral"];
  const reversed = pool.toReversed().map((one) => ({ ...one, images: one.images.toReversed() }));
  for (const given of [pool, reversed]) {
    const drawn = imagesOf(sampleRadiographs(given, { fracture: 6, noFracture: 0 }, options));
    assert.deepEqual(drawn, drawn[0] === a[0] ? [...a, ...b] : [...b, ...a]);
  }
});

test("sampleRadiographs: each kind has its own number, and what is there suffices", () => {
  const pool = [...several(2), ...several(1, { class: "none" })];
  const drawn = (fracture: number, noFracture: number) =>
    sampleRadiographs(pool, { fracture, noFracture }, options);
  const all = drawn(4, 2);
  assert.deepEqual(all.shortages, []);
  assert.deepEqual(
    all.sampled.map((one) => one.case.class),
    ["weber_b", "weber_b", "weber_b", "weber_b", "none", "none"],
  );
  assert.deepEqual(drawn(5, 3).shortages, [
    {
      what: "radiographs with a fracture for training",
      asked: 5,
      found: 4,
      keys: ["splits.training.fracture"],
    },
    {
      what: "radiographs without a fracture for training",
      asked: 3,
      found: 2,
      keys: ["splits.training.noFracture"],
    },
  ]);
  const { shortages } = sampleRadiographs(
    pool,
    { fracture: 0, noFracture: 3 },
    { ...options, purpose: "preliminary training" },
  );
  assert.deepEqual(
    shortages.map(({ what, keys }) => [what, keys]),
    [
      [
        "radiographs without a fracture for preliminary training",
        ["splits.preliminary.noFracture"],
      ],
    ],
  );
});

test("sampleRadiographs: the preferred first and in their order, each once, and none that cannot be seen", () => {
  const unseen = { image: "unseen", view: null, impossible: true, preliminary: false };
  const pool = [...several(4), poolCase("x", { images: [unseen] })];
  const preferred = ["weber_b 3 lateral", "weber_b 0 ap", "unseen", "elsewhere", "weber_b 0 ap"];
  const drawn = imagesOf(
    sampleRadiographs(pool, { fracture: 9, noFracture: 0 }, { ...options, preferred }),
  );
  assert.deepEqual(drawn.slice(0, 2), ["weber_b 3 lateral", "weber_b 0 ap"]);
  assert.deepEqual(
    drawn.toSorted(),
    several(4).flatMap(({ images }) => images.map(({ image }) => image)),
  );
});

test("sampleTuning: a share of each class's patients, rounded, and only such as are new to training", () => {
  const sampled = (cases: readonly PoolCase[]) =>
    cases.flatMap((one) => one.images.map((image) => ({ case: one, image })));
  const trained = { partition: "training" } as const;
  const pool = sampled([
    ...several(5),
    ...several(1, { ...trained, patient: "trained before" }),
    ...several(2, { class: "weber_c" }),
  ]);
  const drawn = (share: number) => sampleTuning(pool, share, ["weber_b", "weber_c"], 1);
  // A quarter of six and of two: 1.5 and 0.5, rounded up.
  const { sampled: patients, shortages } = drawn(0.25);
  assert.deepEqual(shortages, []);
  assert.deepEqual(patients.map((name) => name.slice(0, -2)).toSorted(), [
    "patient of weber_b",
    "patient of weber_b",
    "patient of weber_c",
  ]);
  // Of six, five are new: five suffice for five, and not for six.
  assert.deepEqual(drawn(5 / 6).shortages, []);
  assert.ok(!drawn(5 / 6).sampled.includes("trained before"));
  assert.deepEqual(drawn(1).shortages, [
    {
      what: "weber_b patients for tuning, new to training",
      asked: 6,
      found: 5,
      keys: ["splits.tuningShare", "splits.preliminary"],
    },
  ]);
});
