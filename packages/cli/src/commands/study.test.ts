/** A study at the command line: init, import, screen. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { run } from "../test-command.ts";

function scratchFolder(context: { after(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-study-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Sets the passphrase for one test, or takes it away. */
function setPassphrase(context: { after(cleanUp: () => void): void }, value: string | null): void {
  const before = process.env.MALLEOLUS_PASSPHRASE;
  if (value === null) delete process.env.MALLEOLUS_PASSPHRASE;
  else process.env.MALLEOLUS_PASSPHRASE = value;
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
  });
}

function writeRadiograph(path: string, patient: number): void {
  const file = dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": `1.3.99.1.${patient}`,
    "00080050 SH": `ACC${patient}`,
    "00100020 LO": `MRN${patient}`,
    "0020000d UI": `1.3.99.2.${patient}`,
  });
  writeFileSync(path, file);
}

test("init, import, screen: from an archive to a funnel", async (context) => {
  setPassphrase(context, "lantern gravel otter nineteen");
  const folder = scratchFolder(context);
  const study = join(folder, "study");
  const archive = join(folder, "archive");
  mkdirSync(archive);
  for (const patient of [1, 2, 3]) writeRadiograph(join(archive, `${patient}.dcm`), patient);
  const csv = join(folder, "reports.csv");
  writeFileSync(
    csv,
    "accession,report\nACC1,Weber B fracture.\nACC2,No fracture.\nACC9,No fracture.\n",
  );

  const made = await run("init", study, "--json");
  assert.equal(made.code, 0, made.said);
  assert.deepEqual(JSON.parse(made.written).files.length, 4);
  const again = await run("init", study);
  assert.deepEqual([again.code, again.written], [1, ""]);
  assert.match(again.said, /^malleolus: .*expected no study, got one/);

  const images = await run("import", "dicom", "--study", study, "--who", "me", archive);
  assert.deepEqual(images, {
    code: 0,
    written: "3 imported, 0 known already, 0 refused\n",
    said: "",
  });
  const reports = await run("import", "reports", "--study", study, csv);
  assert.equal(reports.written, "2 imported, 0 known already\n");
  assert.equal(reports.said, "1 line whose examination is not in the study: 4\n");

  const screened = await run("screen", "--study", study);
  assert.equal(screened.code, 0);
  assert.match(screened.written, /^run 1: 2 cases screened, 2 moved, 1 without a report\n/);
  assert.match(screened.written, / 1 +50\.0 % +candidate fracture\n/);
  const json = await run("screen", "--study", study, "--json");
  const { run: number, moved, funnel } = JSON.parse(json.written);
  assert.deepEqual([number, moved, funnel[0].withReport], [2, 0, 2]);
});

test("import dicom: a bad file is said, the others are imported, and the exit code is 1", async (context) => {
  setPassphrase(context, "lantern gravel otter nineteen");
  const folder = scratchFolder(context);
  const study = join(folder, "study");
  await run("init", study);
  writeRadiograph(join(folder, "a.dcm"), 1);
  writeFileSync(join(folder, "b.dcm"), "hello");
  const paths = [join(folder, "a.dcm"), join(folder, "b.dcm")];
  const words = await run("import", "dicom", "--study", study, ...paths);
  assert.equal(words.code, 1);
  assert.equal(words.written, "1 imported, 0 known already, 1 refused\n");
  assert.match(words.said, /^malleolus: .*b\.dcm: expected a DICOM file/);
  const json = await run("import", "dicom", "--study", study, "--json", ...paths);
  const outcomes = json.written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).outcome);
  assert.deepEqual(outcomes, ["known", "refused", "end"]);
});

test("import dicom: a wrong passphrase, and none", async (context) => {
  setPassphrase(context, "lantern gravel otter nineteen");
  const folder = scratchFolder(context);
  const study = join(folder, "study");
  await run("init", study);
  writeRadiograph(join(folder, "a.dcm"), 1);
  setPassphrase(context, "wrong");
  const wrong = await run("import", "dicom", "--study", study, join(folder, "a.dcm"));
  assert.equal(wrong.code, 1);
  assert.match(wrong.said, /^malleolus: .*study\.keys: the passphrase does not open it\n$/);
  setPassphrase(context, null);
  const none = await run("import", "dicom", "--study", study, join(folder, "a.dcm"));
  assert.equal(none.code, 2);
  assert.match(none.said, /^malleolus: set MALLEOLUS_PASSPHRASE/);
});

const wrongUsages: readonly (readonly [args: readonly string[], expected: RegExp])[] = [
  [["import", "dcm"], /^malleolus: unknown command 'dcm'/],
  [["import", "dicom"], /^malleolus: missing required argument 'path'/],
  [["screen", "--stdy", "a"], /^malleolus: unknown option '--stdy'\n\(Did you mean --study\?\)/],
];
for (const [args, expected] of wrongUsages) {
  test(`"${args.join(" ")}" is wrong usage`, async () => {
    const { code, written, said } = await run(...args);
    assert.deepEqual([code, written], [2, ""]);
    assert.match(said, expected);
  });
}

for (const part of ["dicom", "reports"]) {
  test(`import ${part}: has help with an example`, async () => {
    const { code, written } = await run("import", part, "--help");
    assert.equal(code, 0);
    assert.match(written, new RegExp(`Examples:\n {2}./malleolus import ${part}`));
  });
}

test("screen: a folder without a study is a failure that says what to do", async (context) => {
  const { code, said } = await run("screen", "--study", scratchFolder(context));
  assert.equal(code, 1);
  assert.match(said, /malleolus init makes one/);
});
