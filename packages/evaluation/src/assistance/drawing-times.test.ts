/** Times of drawings by annotator and arm. */
import assert from "node:assert/strict";
import test from "node:test";
import type { DrawingEffort } from "@malleolus/schema";
import { drawingTimes } from "./drawing-times.ts";

const options = { seed: 1, resamples: 400 };

function effort(
  patient: number,
  annotator: string,
  arm: DrawingEffort["arm"],
  seconds: number | null,
): DrawingEffort {
  const moved = arm === "assisted" ? 0.5 : null;
  return {
    image: `${patient} ${annotator} ${seconds}`,
    patient: `p${patient}`,
    annotator,
    arm,
    seconds,
    objects: 2,
    movedMm: moved,
  };
}

test("drawing times: means by annotator and arm, in the order of the people", () => {
  const efforts = [
    effort(1, "a", "assisted", 30),
    effort(1, "a", "assisted", 50),
    effort(2, "a", "unassisted", 100),
    effort(3, "b", "assisted", 20),
    effort(4, "b", null, 70),
    effort(5, "b", "assisted", null),
  ];
  const { rows, arms, difference } = drawingTimes(efforts, ["b", "a"], options);
  assert.deepEqual(
    rows.map(({ annotator, arm, drawings, patients, seconds, movedMm }) => [
      annotator,
      arm,
      drawings,
      patients,
      seconds.value,
      movedMm.value,
    ]),
    [
      ["b", "assisted", 2, 2, 20, 0.5],
      ["b", null, 1, 1, 70, null],
      ["a", "assisted", 2, 1, 40, 0.5],
      ["a", "unassisted", 1, 1, 100, null],
    ],
  );
  const [assisted, unassisted] = arms;
  assert.deepEqual([assisted.drawings, unassisted.drawings], [4, 1], "no arm is neither");
  assert.ok(Math.abs((assisted.seconds.value ?? 0) - 100 / 3) < 1e-9);
  assert.ok(Math.abs((difference.value ?? 0) - (100 / 3 - 100)) < 1e-9);
});

test("drawing times: the interval covers the difference that there is, and widens with few patients", () => {
  // Seconds that vary from patient to patient, all views of one alike.
  const of = (patients: number) =>
    Array.from({ length: patients }, (_, patient) => {
      const slow = (patient * 7919) % 13;
      const arm = patient % 3 === 0 ? ("unassisted" as const) : ("assisted" as const);
      const seconds = (arm === "assisted" ? 40 : 70) + slow;
      return [effort(patient, "a", arm, seconds), effort(patient, "a", arm, seconds)];
    }).flat();
  const [many, few] = [of(300), of(24)].map(
    (efforts) => drawingTimes(efforts, ["a"], options).difference,
  );
  for (const { interval } of [many, few]) {
    assert.ok(interval !== null && interval[0] < -29 && interval[1] > -31, `${interval}`);
  }
  const width = ({ interval }: typeof many) => (interval?.[1] ?? 0) - (interval?.[0] ?? 0);
  assert.ok(width(few) > 2 * width(many), `${width(few)}, ${width(many)}`);
});

test("drawing times: nobody has drawn", () => {
  const none = { value: null, interval: null };
  assert.deepEqual(drawingTimes([], ["a"], options), { rows: [], arms: [], difference: none });
});
