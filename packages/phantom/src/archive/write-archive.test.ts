import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { maskArea, maskBounds } from "@malleolus/geometry";
import { EXCLUSIONS } from "../patient/patient.ts";
import { withPitch } from "../radiography/xray-units.ts";
import { PHANTOM_VERSION } from "../ranges.ts";
import { externalHospital } from "./hospital.ts";
import { storedMask } from "./phantom-record.ts";
import { mixedSpecs, readArchive, writeArchive } from "./write-archive.ts";

test("mixedSpecs: every class as often, every reason to exclude in turn, mixed in", () => {
  const specs = mixedSpecs(28, 12);
  assert.equal(specs.length, 4 * 28 + 12);
  for (const weberClass of ["A", "B", "C", null]) {
    const own = specs.filter((spec) => spec.weberClass === weberClass && spec.exclusion === null);
    assert.equal(own.length, 28);
  }
  const reasons = new Set(specs.map(({ exclusion }) => exclusion));
  assert.equal(reasons.size, 1 + EXCLUSIONS.length);
  assert.deepEqual(
    mixedSpecs(1, 0).map(({ weberClass }) => weberClass),
    ["A", "B", "C", null],
  );
});

test("writeArchive: files, tables and truth agree; a second call writes nothing; another seed or phantom is refused", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-archive-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const spec = {
    folder,
    hospital: externalHospital,
    xrayUnit: withPitch(externalHospital.xrayUnit, 0.9),
    seed: "archive",
    specs: [
      { weberClass: "C", exclusion: null },
      { weberClass: null, exclusion: "hardware" },
    ] as const,
    stop: new AbortController().signal,
    onStudy: () => undefined,
  };
  const records = await writeArchive(spec);
  assert(records !== null);
  assert.deepEqual(readArchive(folder), records);
  const [broken, plated] = records;
  assert.equal(broken.fracture?.weberClass, "C");
  assert.equal(plated.fracture, null);
  for (const { images } of records) {
    assert.deepEqual(
      images.map(({ view }) => view),
      ["ap", "lateral"],
    );
    for (const image of images) {
      const { width, height } = await readRadiograph(join(folder, image.file));
      const fibula = storedMask(image.fibula);
      assert.deepEqual([fibula.width, fibula.height], [width, height]);
      assert.ok(maskArea(fibula) > 100);
    }
  }
  const truth = readFileSync(join(folder, "truth.csv"), "utf8").split("\r\n");
  assert.deepEqual(truth[0], "accession_number,patient_id,study_date,truth");
  assert.match(truth[2], /^EA000002,EP00002,\d{8},excluded:hardware$/);
  const reports = readFileSync(join(folder, "reports.csv"), "utf8");
  assert.ok(reports.includes("EA000001,EP00001"));
  // What cannot be trained on is not in the annotations: the plate, and what nobody can see.
  const annotations = parseCoco(readFileSync(join(folder, "annotations.json"), "utf8"), "it");
  const visible = broken.images.filter(({ conspicuity }) => conspicuity !== "impossible");
  assert.deepEqual(
    annotations.images.map(({ fileName, extra }) => [fileName, extra.patient, extra.class]),
    visible.map(({ file }) => [file, "EP00001", "weber_c"]),
  );
  annotations.annotations.forEach(({ box, categoryId }, i) => {
    assert.equal(annotations.categories.find(({ id }) => id === categoryId)?.name, "weber_c");
    const { fracture } = visible[i];
    assert.ok(fracture !== null);
    assert.deepEqual(box, maskBounds(storedMask(fracture)));
  });

  // Of the structures every bone is outlined, and the fracture where it can be seen.
  const structures = parseCoco(readFileSync(join(folder, "structures.json"), "utf8"), "it");
  assert.deepEqual(
    structures.images.map(({ fileName, extra }) => [fileName, extra.class]),
    broken.images.map(({ file }) => [file, "weber_c"]),
  );
  for (const [i, { id }] of structures.images.entries()) {
    const { tibia, fibula, fracture, conspicuity } = broken.images[i];
    const masks = [tibia, fibula, conspicuity === "impossible" ? null : fracture];
    const found = structures.annotationsByImage.get(id) ?? [];
    assert.deepEqual(
      found.map(({ categoryId, box }) => [structures.categories[categoryId - 1]?.name, box]),
      masks.flatMap((mask, k) =>
        mask === null ? [] : [[["tibia", "fibula", "fracture"][k], maskBounds(storedMask(mask))]],
      ),
    );
  }

  // What is there is not simulated again: a mark in it survives.
  const first = join(folder, "truth", "EP00001.json");
  writeFileSync(first, `${JSON.stringify({ ...broken, studyDate: "19000101" })}\n`);
  const again = await writeArchive(spec);
  assert.equal(again?.[0].studyDate, "19000101");
  await assert.rejects(writeArchive({ ...spec, seed: "other" }), {
    name: "PhantomError",
    code: "folder",
    message: /got one of the external hospital/,
  });

  // An archive that an earlier phantom began would go on with other patients.
  writeFileSync(first, `${JSON.stringify({ ...broken, phantomVersion: PHANTOM_VERSION - 1 })}\n`);
  await assert.rejects(
    writeArchive(spec),
    new RegExp(
      `begun by phantom ${PHANTOM_VERSION}, got .* by phantom ${PHANTOM_VERSION - 1}; give another folder`,
    ),
  );
});
