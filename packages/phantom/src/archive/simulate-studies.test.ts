import assert from "node:assert/strict";
import { test } from "node:test";
import type { PatientSpec } from "../patient/patient.ts";
import { withPitch } from "../radiography/xray-units.ts";
import { externalHospital, type Hospital, simulateStudy } from "./hospital.ts";
import { simulateStudies } from "./simulate-studies.ts";

const xrayUnit = withPitch(externalHospital.xrayUnit, 1.2);
const specs: readonly PatientSpec[] = [
  { weberClass: "B", exclusion: null },
  { weberClass: null, exclusion: "tibia involved" },
  { weberClass: null, exclusion: null },
];
const asked = { hospital: externalHospital, seed: "many", specs, xrayUnit, firstNumber: 5 };

test("simulateStudies: studies come in order and as simulateStudy makes them, to the last bit", async () => {
  let number = asked.firstNumber;
  for await (const study of simulateStudies({ ...asked, workers: 2, pixels: true })) {
    const spec = specs[number - asked.firstNumber];
    assert.deepEqual(study, simulateStudy(externalHospital, "many", number++, spec, xrayUnit));
  }
  assert.equal(number, asked.firstNumber + specs.length);
});

test("simulateStudies: pixels stay behind unless asked for, and a loop may be left", async () => {
  for await (const { images, header } of simulateStudies({ ...asked, workers: 1 })) {
    assert.ok(images.every(({ radiograph, file }) => !("pixels" in radiograph) && file.length > 0));
    assert.equal(header.patientId, "EP00005");
    break;
  }
});

test("simulateStudies: a thread's error names the patient", async () => {
  // What no caller in TypeScript can ask for.
  const hospital = { ...externalHospital, views: ["ap", "skyline"] } as unknown as Hospital;
  const studies = simulateStudies({ ...asked, hospital, workers: 2 });
  await assert.rejects(studies.next(), (error: Error) => {
    assert.match(error.message, /^internal: simulating patient 5 of the external hospital/);
    assert.match(error.message, /class B, exclusion none/);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  await assert.rejects(simulateStudies({ ...asked, workers: 0 }).next(), /workers must be/);
});
