/** Imports for the tests, and a look at everything that they left. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { closeStudy, findHospital, openKeys, openStudy, type Study } from "../study.ts";
import { PASSPHRASE } from "../test-study.ts";
import { type ImportEvent, importDicom } from "./import-dicom.ts";

export async function importInto(folder: string, ...paths: string[]) {
  const study = await openStudy(folder);
  const keys = await openKeys(study, PASSPHRASE);
  const events: ImportEvent[] = [];
  try {
    const counts = await importDicom(study, {
      paths,
      hospital: findHospital(study, undefined),
      keys,
      who: "tester",
      onEvent: (event) => events.push(event),
    });
    return { counts, events };
  } finally {
    keys.close();
    await closeStudy(study);
  }
}

/** Everything the database says, and whether it and the store tell the same story. */
export async function inspectStudy(folder: string) {
  const study: Study = await openStudy(folder);
  try {
    const { database } = study;
    const images = await database.selectFrom("images").selectAll().orderBy("sha256").execute();
    const stored = globSync("**/*", { cwd: study.images, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name.replace(/\.(dcm|jpg|png)$/, ""))
      .sort();
    assert.deepEqual(
      stored,
      images.map(({ sha256 }) => sha256),
      "files and records of images",
    );
    return {
      images,
      cases: await database.selectFrom("cases").selectAll().execute(),
      patients: await database.selectFrom("patients").selectAll().execute(),
      files: await database.selectFrom("import_files").selectAll().execute(),
      transitions: await database.selectFrom("transitions").selectAll().execute(),
    };
  } finally {
    await closeStudy(study);
  }
}
