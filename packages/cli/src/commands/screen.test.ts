/** `screen` as a person meets it: the funnel, the truth, the list, the reasons. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { run } from "../test-command.ts";

const REPORTS = ["Weber B fracture.", "No fracture.", "Old fracture of the fibula."];

async function newStudy(context: { after(cleanUp: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-screen-"));
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  context.after(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
  });
  const study = join(folder, "study");
  await run("init", study);
  for (const patient of REPORTS.keys()) {
    const file = dicomFile({
      ...GRAY_2X2,
      "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
      "00080018 UI": `1.3.99.1.${patient}`,
      "00080050 SH": `ACC${patient}`,
      "00100020 LO": `MRN${patient}`,
      "0020000d UI": `1.3.99.2.${patient}`,
    });
    writeFileSync(join(folder, `${patient}.dcm`), file);
    await run("import", "dicom", "--study", study, join(folder, `${patient}.dcm`));
  }
  const csv = join(folder, "reports.csv");
  const rows = REPORTS.map((report, patient) => `ACC${patient},${report}\n`);
  writeFileSync(csv, `accession,report\n${rows.join("")}`);
  await run("import", "reports", "--study", study, csv);
  return { folder, study };
}

test("screen: the funnel, with shares, names and the words that decided", async (context) => {
  const { study } = await newStudy(context);
  const { code, written } = await run("screen", "--study", study);
  assert.equal(code, 0);
  assert.equal(
    written,
    `run 1: 3 cases screened, 3 moved, 0 without a report

hospital a, Hospital A
        3           cases of 3 patients, 3 radiographs
        3  100.0 %  with a report
        1   33.3 %    candidate fracture
        1   33.3 %    candidate no fracture
        1   33.3 %    excluded by keyword
        1  100.0 %      Old fracture (old-fracture)

reports that call a fracture only possible: 0

words that decided most often
  candidate fracture     "weber b" 1
  candidate no fracture  "no fracture" 1
  old-fracture           "old fracture … fibula" 1
`,
  );
});

test("screen --truth: precision and recall beside the funnel, in words and as JSON", async (context) => {
  const { folder, study } = await newStudy(context);
  const truth = join(folder, "truth.csv");
  writeFileSync(
    truth,
    "accession_number,truth\nACC0,fracture\nACC1,fracture\nACC2,excluded:old-fracture\nX,fracture\n",
  );
  const { written } = await run("screen", "--study", study, "--truth", truth);
  assert.match(written, /against the truth: 3 of 4 rows\n1 line whose examination is not .*: 5\n/);
  assert.match(written, /fracture {4}1\.000 \(1\/1, 0\.207 to 1\.000\) +0\.500 \(1\/2, .*\)\n/);
  assert.match(written, /line 3: candidate no fracture, truth candidate fracture; --case \d{8}\n/);
  assert.doesNotMatch(written, / \n/);
  const json = await run("screen", "--study", study, "--truth", truth, "--json");
  const { truth: compared } = JSON.parse(json.written);
  assert.equal(compared.compared, 3);
  const [{ language, cases, measures, codes }] = compared.languages;
  assert.deepEqual([language, cases], ["en", 3]);
  const [{ state, precision, recall }] = measures;
  assert.deepEqual(
    [state, precision.count, precision.total, recall.count, recall.total],
    ["candidate fracture", 1, 1, 1, 2],
  );
  assert.deepEqual([codes.count, codes.total], [1, 1]);
});

test("screen --truth: a table of other examinations screens nothing", async (context) => {
  const { folder, study } = await newStudy(context);
  const truth = join(folder, "truth.csv");
  writeFileSync(truth, "accession_number,truth\nX,fracture\n");
  const refused = await run("screen", "--study", study, "--truth", truth);
  assert.equal(refused.code, 1);
  assert.equal(refused.written, "");
  assert.match(refused.said, /none is in the study/);
  assert.match((await run("screen", "--study", study)).written, /^run 1: /);
});

test("screen --list and --case: which cases, and by which words", async (context) => {
  const { study } = await newStudy(context);
  await run("screen", "--study", study);
  const list = await run("screen", "--study", study, "--list", "old-fracture");
  const [id, predicted, words] = list.written.trimEnd().split("\t");
  assert.deepEqual([predicted, words], ["old-fracture", "old fracture … fibula"]);
  const candidates = await run("screen", "--study", study, "--list", "candidates");
  assert.equal(candidates.written.split("\n").length - 1, 2);

  const { written } = await run("screen", "--study", study, "--case", id.slice(-10));
  assert.match(
    written,
    /^case 2\.25\.\d+, hospital a\nrun 1 \(en\): excluded by keyword, old-frac/,
  );
  assert.match(written, /"fracture", historical by "Old", at "fibula": old-fracture\n/);
  assert.match(written, /\n«Old» «fracture» of the «fibula»\.\n$/);

  const wrong = await run("screen", "--study", study, "--list", "everything");
  assert.equal(wrong.code, 2);
  assert.match(wrong.said, /expected --list candidates, .*got everything/);
  const both = await run("screen", "--study", study, "--list", "excluded", "--case", id);
  assert.equal(both.code, 2);
});
