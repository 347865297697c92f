/**
 * Figures from phantoms can only be compared where the phantoms are the same. What a version draws
 * and renders is therefore fixed to the last bit, and so is what its readers say.
 */
import assert from "node:assert/strict";
import { type BinaryLike, createHash } from "node:crypto";
import { test } from "node:test";
import { buildAnkle } from "./anatomy/ankle.ts";
import { samplePatient } from "./patient/patient.ts";
import { adjudicationOf, consensusOf, readCase } from "./people/reader.ts";
import { simulateRadiograph } from "./radiography/simulate.ts";
import { fractureTruth } from "./radiography/truth.ts";
import { externalXrayUnit, internalXrayUnit, withPitch } from "./radiography/xray-units.ts";
import * as ranges from "./ranges.ts";

const FROZEN = {
  version: 2,
  ranges: "820d73eb1740e7f7",
  patients: "aca74b9798249269",
  images: "ef85e551039105a3",
  readings: "8fd5061d40f27fee",
} as const;

const SPECS = [
  { weberClass: "A", exclusion: null },
  { weberClass: "B", exclusion: null },
  { weberClass: "C", exclusion: "tibia involved" },
  { weberClass: null, exclusion: "open physes" },
  { weberClass: null, exclusion: "wrong view" },
] as const;

function digest(...parts: readonly BinaryLike[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex").slice(0, 16);
}

function patientsDigest(): string {
  const patients = Array.from({ length: 40 }, (_, i) => samplePatient(`frozen ${i}`, SPECS[i % 5]));
  return digest(JSON.stringify(patients));
}

function imagesDigest(): string {
  const hashes = [
    { spec: SPECS[1], view: "mortise", xrayUnit: internalXrayUnit },
    { spec: SPECS[3], view: "lateral", xrayUnit: externalXrayUnit },
  ] as const;
  return digest(
    ...hashes.map(({ spec, view, xrayUnit }) => {
      const ankle = buildAnkle(samplePatient("frozen", spec));
      const radiograph = simulateRadiograph(ankle, view, withPitch(xrayUnit, 1));
      const { fracture, noFracture, fibula } = radiograph.truth;
      const masks = [fracture, noFracture, fibula].flatMap((mask) => (mask === null ? [] : [mask]));
      return digest(
        radiograph.pixels,
        ...masks.map(({ data }) => data),
        JSON.stringify([radiograph.fractureContrast, fractureTruth(ankle)]),
      );
    }),
  );
}

/** Fractures between the borders of the classes, from faint to clear, and sound ankles. */
function readingsDigest(): string {
  const people = (["observer", "senior", "surgeon"] as const).map((role) => ({
    name: role,
    ...ranges.READER_ROLES[role],
  }));
  const [observer, senior, surgeon] = people;
  const readings = Array.from({ length: 120 }, (_, i) => {
    const patient = samplePatient(`frozen ${i}`, SPECS[i % 5]);
    const lowestMm = -15 + (i % 40);
    const fracture = patient.fracture && {
      weberClass: patient.fracture.weberClass,
      morphology: patient.fracture.morphology,
      lowestMm,
      highestMm: lowestMm + 5 + (i % 7),
      gapMm: 1,
      displacementMm: 1,
    };
    const read = { patient, fracture, contrasts: [0.3 * 1.5 ** (i % 6)] };
    return [
      ...people.map((person) => readCase(read, person, 1)),
      adjudicationOf(read, senior, [observer, { ...observer, name: "another" }], 1),
      consensusOf(read, [surgeon, { ...surgeon, name: "another" }], 2),
    ].map(({ weberClass, exclusion }) => [weberClass, exclusion]);
  });
  return digest(JSON.stringify(readings));
}

test("the phantom is what its version says", () => {
  const is = {
    version: ranges.PHANTOM_VERSION,
    ranges: digest(JSON.stringify(ranges)),
    patients: patientsDigest(),
    images: imagesDigest(),
    readings: readingsDigest(),
  };
  assert.deepEqual(
    is,
    FROZEN,
    `the phantom is not the frozen one, which voids every figure measured on it: undo the change, or raise PHANTOM_VERSION in ranges.ts, calibrate again (experiments/phantom-calibration.ts) and put this in frozen.test.ts: ${JSON.stringify(is)}`,
  );
});
