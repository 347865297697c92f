import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { withPitch } from "../radiography/xray-units.ts";
import {
  externalHospital,
  type Hospital,
  internalHospital,
  reportsCsv,
  simulateStudy,
} from "./hospital.ts";

const hospital: Hospital = {
  ...externalHospital,
  xrayUnit: withPitch(externalHospital.xrayUnit, 0.8),
};

test("simulateStudy: a study hangs together and comes out the same again", async () => {
  const spec = { weberClass: "A", exclusion: null } as const;
  const study = simulateStudy(hospital, "seed", 7, spec);
  assert.deepEqual(
    study.images.map(({ radiograph }) => radiograph.view),
    ["ap", "lateral"],
  );
  assert.equal(study.report.language, "nl");
  assert.equal(study.fracture?.weberClass, "A");
  for (const { file } of study.images) {
    assert.equal((await decodeRadiograph(file, "phantom")).side, study.patient.side);
  }
  assert.deepEqual(simulateStudy(hospital, "seed", 7, spec), study);
  assert.notEqual(
    simulateStudy(hospital, "seed", 8, spec).header.patientId,
    study.header.patientId,
  );
});

test("reportsCsv: quotes what needs quotes", () => {
  const header = {
    institution: "H",
    patientId: "P1",
    accessionNumber: "A1",
    date: "20200101",
    time: "120000",
  };
  const report = {
    language: "en",
    text: 'No "fx",\nnormal.',
    says: "no fracture",
    weberClass: null,
    slip: "none",
  } as const;
  assert.equal(
    reportsCsv([{ header, report }]),
    "accession_number,patient_id,study_date,language,report\r\n" +
      'A1,P1,20200101,en,"No ""fx"",\nnormal."\r\n',
  );
});

for (const { name, xrayUnit, ...rest } of [internalHospital, externalHospital]) {
  test(`simulateStudy: files of ${name} say their views`, async () => {
    const views = ["ap", "mortise", "lateral"] as const;
    const small = { ...rest, name, views, xrayUnit: withPitch(xrayUnit, 2) };
    const spec = { weberClass: null, exclusion: null };
    const { images } = simulateStudy(small, "views", 1, spec);
    const read = images.map(async ({ file }) => (await decodeRadiograph(file, "phantom")).view);
    assert.deepEqual(await Promise.all(read), views);
  });
}
