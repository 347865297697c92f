import assert from "node:assert/strict";
import { test } from "node:test";
import { type Exclusion, type Patient, samplePatient } from "../patient/patient.ts";
import type { Trabeculae } from "./body.ts";
import { conditionBodies } from "./conditions.ts";
import { fibulaField } from "./fibula.ts";
import { tibiaField } from "./tibia.ts";

const trabeculae: Trabeculae = { mineral: () => 0.2, grain: 0 };

function bodiesOf(change: Partial<Patient>) {
  const drawn = samplePatient("conditions", { weberClass: "B", exclusion: null });
  const patient: Patient = {
    ...drawn,
    osSubfibulare: false,
    osTrigonum: false,
    nutrientCanal: false,
    skinFold: false,
    ...change,
  };
  const tibia = tibiaField(patient.shape, fibulaField(patient.shape));
  return conditionBodies(patient, tibia, trabeculae);
}

/** Least and greatest level of some bodies' surfaces. */
function levels(bodies: ReturnType<typeof bodiesOf>): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { mesh } of bodies) {
    for (let i = 2; i < mesh.length; i += 3) {
      low = Math.min(low, mesh[i]);
      high = Math.max(high, mesh[i]);
    }
  }
  return [low, high];
}

test("conditionBodies: nothing without a condition, and nothing for those made elsewhere", () => {
  const elsewhere: (Exclusion | null)[] = [null, "cast", "open physes", "poor quality"];
  for (const exclusion of elsewhere) assert.deepEqual(bodiesOf({ exclusion }), []);
});

test("conditionBodies: every condition is where it belongs and made of what it should be", () => {
  const { shape } = samplePatient("conditions", { weberClass: "B", exclusion: null });
  const tip = -shape.lateralTip * shape.scale;
  const ossicle = bodiesOf({ osSubfibulare: true });
  assert.ok(levels(ossicle)[1] < tip, "the ossicle lies below the tip");
  assert.ok(
    ossicle.some(({ adds }) => adds.cortical === 1),
    "and is corticated",
  );

  const canal = bodiesOf({ nutrientCanal: true });
  assert.ok(levels(canal)[0] > 35 && canal.every(({ adds }) => adds.cortical === -1));

  const metal = bodiesOf({ exclusion: "hardware" });
  assert.ok(metal.length > 0 && metal.every(({ adds }) => adds.metal === 1));

  const callus = bodiesOf({ exclusion: "callus" });
  assert.ok(callus.length === 1 && (callus[0].adds.mineral ?? 0) > 0.1);

  const ossicleBehind = bodiesOf({ osTrigonum: true });
  assert.ok(ossicleBehind.length === 2 && ossicleBehind.every(({ part }) => part === "foot"));
});

test("conditionBodies: the tibia breaks where it is said to", () => {
  const within = {
    "medial malleolus": ([x]: readonly number[]) => x < 0,
    "posterior malleolus": ([, y, z]: readonly number[]) => y < 0 && z > -30,
    shaft: ([, , z]: readonly number[]) => z > 12,
  } as const;
  for (const kind of ["medial malleolus", "posterior malleolus", "shaft"] as const) {
    const outer = bodiesOf({ exclusion: "tibia involved", tibialFracture: kind }).find(
      ({ adds }) => adds.cortical === -1,
    );
    assert.ok(outer !== undefined && outer.mesh.length > 0);
    for (let i = 0; i < outer.mesh.length; i += 3) {
      const point = [...outer.mesh.subarray(i, i + 3)];
      assert.ok(within[kind](point), `${kind}: ${point}`);
    }
  }
});
