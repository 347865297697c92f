/** Result objects, held against other people's programs; their content is tested beside each kind. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { skipWithout, testDataPath } from "../../test-data.ts";
import { parseDataSet } from "../data-set.ts";
import type { ElementValue } from "../write/data-set.ts";
import { type ExaminedRadiograph, measurementReportFile } from "./measurement-report.ts";
import { presentationStateFile } from "./presentation-state.ts";
import { type Analysis, isResultObject } from "./result-object.ts";
import { readResultSource } from "./result-source.ts";
import { secondaryCaptureFile } from "./secondary-capture.ts";
import { segmentationFile } from "./segmentation.ts";
import {
  type Changes,
  HEIGHT,
  testAnalysis,
  testAnswer,
  testFindings,
  testModel,
  testPicture,
  testRadiograph,
  WIDTH,
} from "./test-result-source.ts";
import { runTool, skipWithoutTools } from "./test-tools.ts";

const table = new Map<number, ElementValue>([
  [0x00283002, { vr: "US", value: [4096, 0, 16] }],
  [0x00283003, { vr: "LO", value: "Bone" }],
  [
    0x00283006,
    {
      vr: "OW",
      value: new Uint8Array(Uint16Array.from({ length: 4096 }, (_, i) => 16 * i).buffer),
    },
  ],
]);

/** What radiographs differ in that results copy or repeat. */
const RADIOGRAPHS: Readonly<Record<string, Changes>> = {
  "a radiograph for presentation": {},
  "one whose high values are dark": {
    2621444: { vr: "CS", value: "MONOCHROME1" },
    542113824: { vr: "CS", value: "INVERSE" },
  },
  "one with a table for its window": {
    2625616: null,
    2625617: null,
    2633744: { vr: "SQ", value: [table] },
  },
  "one of a CR reader": {
    524310: { vr: "UI", value: "1.2.840.10008.5.1.4.1.1.1" },
    524384: { vr: "CS", value: "CR" },
    2097248: { vr: "CS", value: "L" },
    2097250: null,
    2625618: null,
    2625619: null,
    2625620: null,
  },
  "one that says little": {
    528432: null,
    528434: null,
    1572885: null,
    2097171: null,
    2097184: null,
    2097250: null,
    2625616: null,
    2625617: null,
  },
  "one with commas in its decimals": {
    2625616: { vr: "DS", value: "2048,0" },
    2625617: { vr: "DS", value: "4096,0" },
  },
  "one that was de-identified": {
    1179746: { vr: "CS", value: "YES" },
    1179747: { vr: "LO", value: "Malleolus" },
    1048592: { vr: "PN", value: "" },
    1048624: null,
  },
};

function allOf(analysis: Analysis, findings: ExaminedRadiograph["findings"]) {
  const [source] = analysis.sources;
  const examined = [{ source, findings }];
  return {
    segmentation: segmentationFile(analysis, source, findings),
    report: measurementReportFile(analysis, { examined, answer: testAnswer }),
    presentation: presentationStateFile(analysis, source, findings, "Weber B"),
    picture: secondaryCaptureFile(analysis, source, testPicture()),
  };
}

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-results-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

for (const [name, changes] of Object.entries(RADIOGRAPHS)) {
  for (const found of [testFindings, []]) {
    const what = `${name}, ${found.length} findings`;
    test(`dciodvfy finds no error: ${what}`, skipWithoutTools("dciodvfy"), (context) => {
      const folder = folderOf(context);
      for (const [kind, file] of Object.entries(allOf(testAnalysis(changes), found))) {
        if (file === null) continue;
        const path = join(folder, `${kind}.dcm`);
        writeFileSync(path, file);
        const { said } = runTool("dciodvfy", path);
        assert.match(said, /^(Segmentation|Comprehensive3DSR|Gray\w+|SCImage)$/m, kind);
        assert.doesNotMatch(said, /^Error/m, `${kind}: ${said}`);
        // Our own attributes are all the standard's.
        assert.doesNotMatch(said, /not present in standard DICOM IOD/, `${kind}: ${said}`);
      }
    });
  }
}

const ankles = testDataPath("dicom-ankle");

test("dciodvfy finds no error: real radiographs of an ankle", {
  skip: skipWithout(ankles).skip || skipWithoutTools("dciodvfy").skip,
}, (context) => {
  const path = join(folderOf(context), "object.dcm");
  for (const name of readdirSync(ankles ?? "").filter((file) => file.endsWith(".dcm"))) {
    const source = readResultSource(readFileSync(join(ankles ?? "", name)), name);
    for (const [kind, file] of Object.entries(
      allOf({ model: testModel, sources: [source] }, testFindings),
    )) {
      assert.ok(file !== null);
      writeFileSync(path, file);
      assert.doesNotMatch(runTool("dciodvfy", path).said, /^Error/m, `${name}: ${kind}`);
    }
  }
});

test("each object says which model, version and settings made it, and for what use", () => {
  for (const [kind, file] of Object.entries(allOf(testAnalysis(), testFindings))) {
    assert.ok(file !== null, kind);
    const object = parseDataSet(file, kind);
    assert.equal(object.text("x00181000"), testModel.sha256, kind);
    for (const [i, version] of [testModel.version, ...testModel.settings].entries()) {
      assert.equal(object.text("x00181020", i), version, kind);
    }
    assert.ok(testModel.settings.includes("score threshold 0.5"));
    assert.match(object.text("x0008103e") ?? "", /: Research use only, not a medical device$/);
  }
});

test("a repeated analysis makes the same objects, byte for byte", () => {
  assert.deepEqual(allOf(testAnalysis(), testFindings), allOf(testAnalysis(), testFindings));
});

test("another model, setting or view makes other objects", () => {
  const analysis = testAnalysis();
  const { model, sources } = analysis;
  const other = testAnalysis({ 524312: { vr: "UI", value: "1.3.99.5.7" } });
  const analyses: readonly Analysis[] = [
    analysis,
    { model: { ...model, sha256: "cd".repeat(32) }, sources },
    { model: { ...model, settings: ["score threshold 0.4"] }, sources },
    { model: { ...model, version: "0.2.0" }, sources },
    { model, sources: [...sources, ...other.sources] },
  ];
  const uids = analyses.flatMap((one) =>
    Object.values(allOf(one, testFindings)).map((file) => instanceUid(file)),
  );
  assert.equal(new Set(uids).size, 4 * analyses.length);
});

test("isResultObject: results are told from radiographs", () => {
  for (const file of Object.values(allOf(testAnalysis(), testFindings))) {
    assert.ok(file !== null && isResultObject(file, "result"));
  }
  assert.equal(isResultObject(testRadiograph(), "radiograph"), false);
  const capture = { 524310: { vr: "UI", value: "1.2.840.10008.5.1.4.1.1.7" } } as const;
  assert.equal(isResultObject(testRadiograph(capture), "somebody else's capture"), false);
});

test("the order in which views were given makes no difference", () => {
  const { model, sources } = testAnalysis();
  const [other] = testAnalysis({ 524312: { vr: "UI", value: "1.3.99.5.7" } }).sources;
  const one = allOf({ model, sources: [sources[0], other] }, testFindings);
  const two = allOf({ model, sources: [sources[0], other].toReversed() }, testFindings);
  assert.equal(instanceUid(one.report), instanceUid(two.report));
});

test("dcmtk reads the report as a document", skipWithoutTools("dsrdump"), (context) => {
  const path = join(folderOf(context), "report.dcm");
  writeFileSync(path, allOf(testAnalysis(), testFindings).report);
  const { code, said } = runTool("dsrdump", "--print-all-codes", path);
  assert.equal(code, 0, said);
  assert.doesNotMatch(said, /^E:/m);
  assert.match(said, /^Preliminary Flag +: PRELIMINARY$/m);
  assert.match(said, /^Verification Flag +: UNVERIFIED$/m);
  assert.match(said, /\(weber_b,99MALLEOLUS,"Weber B"\)/);
});

test(
  "dcmtk shows the radiograph by the presentation state",
  skipWithoutTools("dcmp2pgm", "dcmpschk"),
  (context) => {
    const folder = folderOf(context);
    const [image, state, shown] = ["image.dcm", "state.dcm", "shown.pgm"].map((name) =>
      join(folder, name),
    );
    // The checker knows no UTF-8.
    const ascii: Changes = { 1048592: { vr: "PN", value: "Foehn^Eve" } };
    for (const changes of Object.values(RADIOGRAPHS).map((one) => ({ ...one, ...ascii }))) {
      writeFileSync(image, testRadiograph(changes));
      const { presentation } = allOf(testAnalysis(changes), testFindings);
      assert.ok(presentation !== null);
      writeFileSync(state, presentation);
      const checked = runTool("dcmpschk", state);
      assert.doesNotMatch(checked.said, /^(E|F):|Test failed/m, checked.said);
      const { code, said } = runTool("dcmp2pgm", "-p", state, image, shown);
      assert.equal(code, 0, said);
      const inverse = changes[0x00280004] !== undefined;
      // The window spans all values: the first pixel has the least, the second one 37 of 4096 more.
      const gray = readFileSync(shown).subarray(-WIDTH * HEIGHT);
      assert.ok(
        inverse ? gray[0] > 250 && gray[110] < 30 : gray[0] < 5 && gray[110] > 225,
        `${gray[0]} ${gray[110]}`,
      );
    }
  },
);

test("dcmtk shows the secondary capture as it was made", skipWithoutTools("dcm2pnm"), (context) => {
  const folder = folderOf(context);
  const [capture, shown] = ["capture.dcm", "shown.ppm"].map((name) => join(folder, name));
  writeFileSync(capture, allOf(testAnalysis(), testFindings).picture);
  const { code, said } = runTool("dcm2pnm", "--write-raw-pnm", capture, shown);
  assert.equal(code, 0, said);
  const { pixels } = testPicture();
  assert.deepEqual(readFileSync(shown).subarray(-pixels.length), Buffer.from(pixels));
});

/** SOP Instance UID of the file's meta information. */
function instanceUid(file: Uint8Array | null): string {
  assert.ok(file !== null);
  const whole = Buffer.from(file);
  const at = whole.indexOf(Buffer.from("020003005549", "hex"), 132);
  return whole.toString("latin1", at + 8, at + 8 + whole.readUInt16LE(at + 6)).replace(/\0$/, "");
}
