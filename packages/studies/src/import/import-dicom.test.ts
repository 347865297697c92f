import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { tableNames } from "../database/table-keys.ts";
import { StudyError } from "../errors.ts";
import { imagePath } from "../image-store.ts";
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { newStudy, PASSPHRASE, radiograph, TEST_POSTGRES, writeArchive } from "../test-study.ts";
import { importDicom } from "./import-dicom.ts";
import { lockImport } from "./import-lock.ts";
import { recordImport } from "./record-import.ts";
import { importInto, inspectStudy } from "./test-import.ts";
import { importProcess } from "./test-import-process.ts";

test("importDicom: a folder becomes patients, cases and images", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 3, 2);
  const { counts } = await importInto(study, archive);
  assert.deepEqual(counts, {
    imported: 6,
    known: 0,
    refused: 0,
    orphansRemoved: 0,
    stopped: false,
  });

  const { images, cases, patients, files, transitions } = await inspectStudy(study);
  assert.deepEqual([images.length, cases.length, patients.length, files.length], [6, 3, 3, 6]);
  assert.ok(cases.every(({ state }) => state === "imported"));
  assert.ok(cases.every(({ study_date }) => /^20(09|1\d)-\d\d-\d\d$/.test(study_date ?? "")));
  assert.deepEqual(
    transitions.map(({ from_state, to_state, who, why }) => ({ from_state, to_state, who, why })),
    Array(3).fill({
      from_state: null,
      to_state: "imported",
      who: "tester",
      why: "first image imported",
    }),
  );
  const path = imagePath(join(study, "images"), images[0].sha256);
  const { width, pixels } = await decodeRadiograph(readFileSync(path), path);
  assert.deepEqual([width, pixels.length], [2, 4]);
});

test("importDicom: nothing in the study's folder names a patient", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 2, 2);
  writeFileSync(join(archive, "Name0 broken.dcm"), radiograph(0, 0).subarray(0, 400));
  await importInto(study, archive);
  const files = globSync("**/*", { cwd: study, withFileTypes: true }).filter((one) => one.isFile());
  // The database and its lock are files only where it is SQLite's.
  assert.ok(files.length >= (TEST_POSTGRES === undefined ? 7 : 6));
  const identity = /Name[01]|MRN700|ACC100|1\.3\.99|patient-[01]/;
  for (const { parentPath, name } of files) {
    const text = readFileSync(join(parentPath, name)).toString("latin1");
    assert.doesNotMatch(text, identity, name);
  }
  const opened = await openStudy(study);
  context.after(() => closeStudy(opened));
  for (const table of tableNames()) {
    const rows = await opened.database.selectFrom(table).selectAll().execute();
    assert.doesNotMatch(JSON.stringify(rows), identity, table);
  }
  const keys = readFileSync(join(folder, "study.keys")).toString("latin1");
  assert.doesNotMatch(keys, /Name[01]|MRN700/);
});

test("importDicom: the same files again change nothing", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  const [first] = writeArchive(archive, 2, 2);
  writeFileSync(join(archive, "copy.dcm"), readFileSync(first));
  const once = await importInto(study, archive);
  assert.deepEqual([once.counts.imported, once.counts.known], [4, 1]);
  const before = await inspectStudy(study);
  const again = await importInto(study, archive, first);
  assert.deepEqual([again.counts.imported, again.counts.known], [0, 6]);
  assert.deepEqual(await inspectStudy(study), before);
});

test("importDicom: another file of the same image is no second image", async (context) => {
  const { folder, study } = await newStudy(context);
  const path = join(folder, "a.dcm");
  writeFileSync(path, radiograph(0, 0));
  await importInto(study, path);
  appendFileSync(path, Buffer.from("fcfffcff4f42000000000000", "hex"));
  const { counts } = await importInto(study, path);
  assert.deepEqual([counts.imported, counts.known], [0, 1]);
  assert.equal((await inspectStudy(study)).images.length, 1);
});

test("importDicom: the UID of an image with other pixels, or another patient, is refused", async (context) => {
  const { folder, study } = await newStudy(context);
  const [first, pixels, patient] = ["a.dcm", "b.dcm", "c.dcm"].map((name) => join(folder, name));
  writeFileSync(first, radiograph(0, 0));
  const otherPixels = radiograph(0, 0);
  otherPixels.writeUInt16LE(99, otherPixels.length - 2);
  writeFileSync(pixels, otherPixels);
  const otherPatient = radiograph(0, 0);
  otherPatient.write("MRN7999", otherPatient.indexOf("MRN7000"), "latin1");
  writeFileSync(patient, otherPatient);
  const { counts, events } = await importInto(study, first, pixels, patient);
  assert.deepEqual([counts.imported, counts.known, counts.refused], [1, 0, 2]);
  const reasons = events.map((event) => (event.outcome === "refused" ? event.reason : ""));
  assert.match(
    reasons[1],
    /^.*b\.dcm: expected the UID of an image to be its own, .* other pixels/,
  );
  assert.match(reasons[2], /^.*c\.dcm: .* with another patient/);
  // Imported the other way round, the second is refused, too.
  assert.equal((await importInto(study, pixels)).counts.refused, 1);
});

test("importDicom: the same image in another transfer syntax is known", async (context) => {
  const { folder, study } = await newStudy(context);
  const [explicit, implicit] = ["a.dcm", "b.dcm"].map((name) => join(folder, name));
  const elements = {
    ...GRAY_2X2,
    "00080018 UI": "1.3.99.1.1",
    "00100020 LO": "MRN1",
    "0020000d UI": "1.3.99.2.1",
  };
  writeFileSync(explicit, dicomFile(elements));
  writeFileSync(implicit, dicomFile(elements, "1.2.840.10008.1.2"));
  const { counts } = await importInto(study, explicit, implicit);
  assert.deepEqual([counts.imported, counts.known], [1, 1]);
});

test("importDicom: what a person should know of a picture is told", async (context) => {
  const { folder, study } = await newStudy(context);
  const path = join(folder, "a.dcm");
  const elements = { "00080018 UI": "1.3.99.1.1", "0020000d UI": "1.3.99.2.1" };
  const window = { "00281050 DS": "20000", "00281051 DS": "10" };
  writeFileSync(path, dicomFile({ ...GRAY_2X2, ...elements, ...window }));
  const [event] = (await importInto(study, path)).events;
  assert.match(event.outcome === "imported" ? event.notes.join() : "", /all black/);
});

test("importDicom: a bad file is listed with its reason and stops nothing", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 2);
  writeFileSync(join(archive, "a.dcm"), radiograph(5, 5).subarray(0, 300));
  writeFileSync(join(archive, "notes.txt"), "hello");
  writeFileSync(join(archive, "broken.zip"), "PK hello");
  const { counts, events } = await importInto(study, archive);
  assert.deepEqual([counts.imported, counts.refused], [2, 3]);
  const refused = events.filter((event) => event.outcome === "refused");
  assert.deepEqual(
    refused.map(({ file, code }) => [file.slice(archive.length + 1), code]),
    [
      ["a.dcm", "damaged"],
      ["broken.zip", "source"],
      ["notes.txt", "unknown-format"],
    ],
  );
  for (const { file, reason } of refused) assert.ok(reason.startsWith(file), reason);
  const { files } = await inspectStudy(study);
  const codes = files.flatMap(({ refusal_code }) => refusal_code ?? []).sort();
  assert.deepEqual(codes, ["damaged", "unknown-format"]);
});

const withoutZip = { skip: spawnSync("zip", ["-v"]).error === undefined ? false : "zip is absent" };
test("importDicom: a zip file is the folder in it", withoutZip, async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 2, 2);
  const { status } = spawnSync("zip", ["-r", "../archive.zip", "."], { cwd: archive });
  assert.equal(status, 0);
  const { counts } = await importInto(study, join(folder, "archive.zip"));
  assert.deepEqual([counts.imported, counts.refused], [4, 0]);
  assert.equal((await importInto(study, archive)).counts.known, 4);
});

test("importDicom: images of one examination and two patients are refused", async (context) => {
  const { folder, study } = await newStudy(context);
  const [first, second] = [join(folder, "a.dcm"), join(folder, "b.dcm")];
  writeFileSync(first, radiograph(1, 0));
  const other = radiograph(1, 1);
  other.write("MRN7999", other.indexOf("MRN7001"), "latin1");
  writeFileSync(second, other);
  const { counts } = await importInto(study, first, second);
  assert.deepEqual([counts.imported, counts.refused], [1, 1]);
  assert.equal((await inspectStudy(study)).images.length, 1);
});

test("importDicom: while one import runs, another is refused", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const study = await openStudy(path);
  context.after(() => closeStudy(study));
  await using _ = await lockImport(study);
  await assert.rejects(importInto(path, folder), /another import of this study is running/);
});

const onServer = {
  skip: TEST_POSTGRES === undefined && "the lock of a file of SQLite stays until its process ends",
};

test(
  "importDicom: one whose lock went with its connection ends when another has begun, and spoils nothing",
  onServer,
  async (context) => {
    const { folder, study: path } = await newStudy(context);
    const [archive, other] = [join(folder, "archive"), join(folder, "other")];
    const [first] = writeArchive(archive, 6, 2);
    mkdirSync(other);
    copyFileSync(first, join(other, "known.dcm"));
    writeFileSync(join(other, "new.dcm"), radiograph(99, 0));
    const study = await openStudy(path);
    const keys = await openKeys(study, PASSPHRASE);
    context.after(async () => {
      keys.close();
      await closeStudy(study);
    });
    let recorded = 0;
    const ours = importDicom(study, {
      paths: [archive],
      hospital: findHospital(study, undefined),
      keys,
      who: "tester",
      onEvent() {
        // It sweeps what this one has ready beside the store.
        if (++recorded === 3) execFileSync(process.execPath, [importProcess, path, other, "cut"]);
      },
    });
    await assert.rejects(ours, { code: "busy", message: /another import has begun meanwhile/ });
    assert.equal(recorded, 3);
    const { images } = await inspectStudy(path);
    assert.equal(images.length, 4);
    const { counts } = await importInto(path, archive);
    assert.deepEqual([counts.imported, counts.known], [9, 3]);
  },
);

test("recordImport: one whose lock is another's by now records no refusal and nothing known either", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 1);
  await importInto(path, archive);
  const [own] = (await inspectStudy(path)).files;
  const study = await openStudy(path);
  context.after(() => closeStudy(study));
  const lost = {
    hold: () => Promise.reject(new StudyError("busy", "another import has begun meanwhile")),
  };
  const refusal = { code: "source", reason: "a.dcm: no" };
  for (const decided of [
    { kind: "refused", sourceHash: "ab", refusal },
    { kind: "known", sourceHash: "cd", sha256: own.image_sha256 ?? "" },
  ] as const) {
    const recorded = recordImport(study, lost, "me", "a.dcm", decided);
    await assert.rejects(recorded, { code: "busy" }, decided.kind);
  }
  assert.deepEqual((await inspectStudy(path)).files, [own]);
});

test("importDicom: a disk that cannot be written ends the import", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 1);
  writeFileSync(join(study, "images"), "a file where the images' folder should be");
  await assert.rejects(
    importInto(study, archive),
    (error) => error instanceof Error && "code" in error,
  );
});

test("importDicom: removes what an interrupted import left, and nothing else", async (context) => {
  const { folder, study } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 1, 2);
  await importInto(study, archive);
  const store = join(study, "images");
  const stray = imagePath(store, "ab".repeat(32));
  mkdirSync(dirname(stray), { recursive: true });
  writeFileSync(stray, "stored, but the records never came");
  const [old, young] = [1, 2].map((writer) => {
    const aside = join(store, "ab", `${"cd".repeat(32)}.dcm.${writer}.tmp`);
    writeFileSync(aside, "half");
    return aside;
  });
  const anHourMs = 3600_000;
  utimesSync(old, new Date(), new Date(Date.now() - 25 * anHourMs));
  // As a worker has it that does a job.
  utimesSync(young, new Date(), new Date(Date.now() - 23 * anHourMs));
  writeFileSync(join(store, "ab", "README"), "not ours");
  const { counts } = await importInto(study, archive);
  assert.deepEqual([counts.orphansRemoved, counts.known], [2, 2]);
  // One of the study's own may lie there, too: its name is its content's hash.
  const own = /^[0-9a-f]{64}\.dcm$/;
  const left = readdirSync(join(store, "ab"));
  assert.ok(!left.includes(basename(stray)));
  assert.deepEqual(
    left.filter((name) => !own.test(name)),
    ["README", basename(young)],
  );
});

test("importDicom: asked to stop, it ends after the file that is going on", async (context) => {
  const { folder, study: path } = await newStudy(context);
  const archive = join(folder, "archive");
  writeArchive(archive, 2, 2);
  const study = await openStudy(path);
  const keys = await openKeys(study, PASSPHRASE);
  context.after(async () => {
    keys.close();
    await closeStudy(study);
  });
  const controller = new AbortController();
  const counts = await importDicom(study, {
    paths: [archive],
    hospital: findHospital(study, undefined),
    keys,
    who: "tester",
    stop: controller.signal,
    onEvent: () => controller.abort(),
  });
  assert.deepEqual([counts.imported, counts.stopped], [1, true]);
  assert.equal((await inspectStudy(path)).images.length, 1);
});
