import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "@malleolus/schema";
import { parseDataSet } from "../data-set.ts";
import { type ExaminedRadiograph, measurementReportFile } from "./measurement-report.ts";
import type { Analysis } from "./result-object.ts";
import { checkRows, type ReadItem, type Row, readTree } from "./test-content-tree.ts";
import { testAnalysis, testAnswer, testFindings, testModel } from "./test-result-source.ts";

const OTHER_VIEW = { 524312: { vr: "UI", value: "1.3.99.5.9" } } as const;

/** Two views, findings on the first. */
function twoViews(): { analysis: Analysis; examined: ExaminedRadiograph[] } {
  const [one, two] = [testAnalysis(), testAnalysis(OTHER_VIEW)].map(({ sources }) => sources[0]);
  return {
    analysis: { model: testModel, sources: [one, two] },
    examined: [
      { source: one, findings: testFindings },
      { source: two, findings: [] },
    ],
  };
}

function reportOf(findings: readonly Finding[], answer = true) {
  const analysis = testAnalysis();
  const examined = [{ source: analysis.sources[0], findings }];
  const file = measurementReportFile(analysis, { examined, answer: answer ? testAnswer : null });
  return parseDataSet(file, "report");
}

const row = (
  number: string,
  relationship: string,
  valueType: string,
  concept: string | null,
  [least, most]: readonly [least: number, most: number],
  check?: (item: ReadItem) => void,
): Row => ({
  row: number,
  relationship,
  valueType,
  concept,
  least,
  most,
  ...(check === undefined ? {} : { check }),
});
const ONE = [1, 1] as const;
const MAYBE = [0, 1] as const;
const SOME = [1, Number.POSITIVE_INFINITY] as const;
const ANY = [0, Number.POSITIVE_INFINITY] as const;

/** TID 4019, by which site and measurements are preceded (TID 1419). */
const SITE_AND_ALGORITHM: readonly Row[] = [
  row("site", "HAS CONCEPT MOD", "CODE", "SCT 363698007", ANY),
  row("4019-1", "HAS CONCEPT MOD", "TEXT", "DCM 111001", ONE),
  row("4019-2", "HAS CONCEPT MOD", "TEXT", "DCM 111003", ONE),
  row("4019-3", "HAS CONCEPT MOD", "TEXT", "DCM 111002", ANY),
];

/** TID 300: a number may say its method, and nothing else here. */
const checkNumber = (item: ReadItem) =>
  checkRows(
    item.items,
    [row("300-4", "HAS CONCEPT MOD", "CODE", "SCT 370129005", MAYBE)],
    "TID 300",
  );

/** Our own codes, and the standard's. */
const EVALUATION = row("15", "CONTAINS", "CODE", null, ANY, ({ concept }) =>
  assert.match(concept ?? "", /^99MALLEOLUS (danis-weber|class)$/),
);

const TID_1410: readonly Row[] = [
  row("2", "HAS OBS CONTEXT", "TEXT", "DCM 112039", ONE),
  row("3", "HAS OBS CONTEXT", "UIDREF", "DCM 112040", ONE),
  row("4", "CONTAINS", "CODE", "DCM 121071", MAYBE),
  row("6", "CONTAINS", "CODE", "DCM 130400", MAYBE),
  row("7", "CONTAINS", "SCOORD", "DCM 111030", ONE, (region) => {
    // A region is no set of points, and a polyline must be closed.
    assert.equal(region.value, "POLYLINE");
    assert.deepEqual(region.points.slice(0, 2), region.points.slice(-2));
    checkRows(region.items, [row("8", "SELECTED FROM", "IMAGE", "SCT 260753009", ONE)], "TID 1410");
  }),
  ...SITE_AND_ALGORITHM,
  row("14", "CONTAINS", "NUM", null, SOME, checkNumber),
  EVALUATION,
];

const TID_1501: readonly Row[] = [
  row("2", "HAS OBS CONTEXT", "TEXT", "DCM 112039", ONE),
  row("3", "HAS OBS CONTEXT", "UIDREF", "DCM 112040", ONE),
  ...SITE_AND_ALGORITHM,
  row("10", "CONTAINS", "NUM", null, SOME, checkNumber),
  row("10b", "CONTAINS", "IMAGE", "DCM 121112", ANY),
  EVALUATION,
];

const GROUPS: Readonly<Record<string, readonly Row[]>> = { "1410": TID_1410, "1501": TID_1501 };

const TID_1500: readonly Row[] = [
  row("2", "HAS CONCEPT MOD", "CODE", "DCM 121049", MAYBE),
  row("3: 1002-1", "HAS OBS CONTEXT", "CODE", "DCM 121005", ONE, ({ value }) =>
    assert.equal(value, "DCM 121007"),
  ),
  row("3: 1004-1", "HAS OBS CONTEXT", "UIDREF", "DCM 121012", ONE),
  row("3: 1004-2", "HAS OBS CONTEXT", "TEXT", "DCM 121013", MAYBE),
  row("3: 1004-3", "HAS OBS CONTEXT", "TEXT", "DCM 121014", MAYBE),
  row("3: 1004-4", "HAS OBS CONTEXT", "TEXT", "DCM 121015", MAYBE),
  row("4", "HAS CONCEPT MOD", "CODE", "DCM 121058", SOME),
  row("5", "CONTAINS", "CONTAINER", "DCM 111028", MAYBE, (library) =>
    checkRows(
      library.items,
      [
        row("1600-3", "CONTAINS", "CONTAINER", "DCM 126200", SOME, (group) =>
          checkRows(
            group.items,
            [row("1601-1", "CONTAINS", "IMAGE", "SCT 260753009", SOME)],
            "TID 1600",
          ),
        ),
      ],
      "TID 1600",
    ),
  ),
  row("6", "CONTAINS", "CONTAINER", "DCM 126010", MAYBE, (measurements) =>
    checkRows(
      measurements.items,
      [
        row("7 to 9", "CONTAINS", "CONTAINER", "DCM 125007", SOME, (group) =>
          checkRows(group.items, GROUPS[group.template ?? ""], `TID ${group.template}`),
        ),
      ],
      "TID 1500",
    ),
  ),
  row("12", "CONTAINS", "CONTAINER", "UMLS C0034375", MAYBE, (evaluations) =>
    checkRows(evaluations.items, [row("14", "CONTAINS", "TEXT", null, SOME)], "TID 1500"),
  ),
];

for (const [what, findings, answer] of [
  ["two findings and an answer", testFindings, true],
  ["two findings alone", testFindings, false],
  ["an answer alone", [], true],
  ["nothing", [], false],
] as const) {
  test(`measurementReportFile: every item has its row in TID 1500, 1410 and 1501: ${what}`, () => {
    const root = readTree(reportOf(findings, answer));
    assert.deepEqual(
      [root.valueType, root.concept, root.template],
      ["CONTAINER", "DCM 126000", "1500"],
    );
    assert.equal(root.relationship, null);
    checkRows(root.items, TID_1500, "TID 1500");
  });
}

test("measurementReportFile: regions come before what is told of the patient, as the rows do", () => {
  assert.deepEqual(
    groupsOf(readTree(reportOf(testFindings))).map(({ template }) => template),
    ["1410", "1410", "1410", "1410", "1501"],
  );
});

test("measurementReportFile: outline and box are groups of their own, and one finding", () => {
  const groups = groupsOf(readTree(reportOf(testFindings, false)));
  assert.deepEqual(
    groups.map((group) => ["112039", "130400"].map((code) => valueIn(group, `DCM ${code}`))),
    [
      ["Finding 1", null],
      ["Finding 1", "SCT 75958009"],
      ["Finding 2", null],
      ["Finding 2", "SCT 75958009"],
    ],
  );
  const tracked = groups.map((group) => valueIn(group, "DCM 112040"));
  assert.equal(tracked[0], tracked[1]);
  assert.notEqual(tracked[0], tracked[2]);
  const [outline, box] = groups.map((group) => pointsOf(group));
  // The hole is left to the segmentation.
  assert.deepEqual(outline, [8, 6, 20, 6, 20, 18, 8, 18, 8, 6]);
  assert.deepEqual(box, [8, 6, 20, 6, 20, 18, 8, 18, 8, 6]);
});

test("measurementReportFile: certainty in percent, class by Weber, and millimetres with their method", () => {
  const [outline, box, other] = groupsOf(readTree(reportOf(testFindings, false)));
  assert.equal(valueIn(outline, "DCM 111012"), "87.5 UCUM %");
  assert.equal(valueIn(outline, "99MALLEOLUS danis-weber"), "99MALLEOLUS weber_b");
  assert.equal(valueIn(outline, "SCT 42798000"), "2.88 UCUM mm2");
  assert.equal(valueIn(outline, "SCT 410668003"), "2.5 UCUM mm");
  const area = outline.items.find(({ concept }) => concept === "SCT 42798000");
  assert.equal(area?.items[0].value, "99MALLEOLUS at-detector");
  // A box has no area of a fracture, and without a spacing there are no millimetres.
  assert.equal(valueIn(box, "SCT 42798000"), null);
  assert.equal(valueIn(other, "SCT 42798000"), null);
});

test("measurementReportFile: a class that is not Weber's is the detector's own", () => {
  const long = "fracture_of_the_medial_malleolus";
  const [group] = groupsOf(readTree(reportOf([{ ...testFindings[0], class: long }], false)));
  assert.equal(valueIn(group, "99MALLEOLUS class"), `99MALLEOLUS ${long}`);
});

test("measurementReportFile: what is told of the patient stands by itself", () => {
  const [patient] = groupsOf(readTree(reportOf([])));
  assert.equal(patient.template, "1501");
  assert.equal(valueIn(patient, "99MALLEOLUS fracture-prob"), "85 UCUM %");
  assert.equal(valueIn(patient, "99MALLEOLUS danis-weber"), "99MALLEOLUS weber_b");
  // It is a patient's class, and no finding, that is told.
  assert.equal(valueIn(patient, "DCM 121071"), null);
});

test("measurementReportFile: every view is named, found on or not, and says research use only", () => {
  const { analysis, examined } = twoViews();
  const report = parseDataSet(
    measurementReportFile(analysis, { examined, answer: null }),
    "report",
  );
  const root = readTree(report);
  const library = root.items.find(({ concept }) => concept === "DCM 111028");
  assert.deepEqual(
    library?.items[0].items.map(({ value }) => value),
    ["1.3.99.5.1", "1.3.99.5.9"],
  );
  const [study] = report.items("x0040a375");
  assert.equal(study.text("x0020000d"), "1.3.99.5");
  const [series] = study.items("x00081115");
  assert.equal(series.items("x00081199").length, 2);
  const comments = root.items.at(-1)?.items.map(({ value }) => value);
  assert.deepEqual(comments, ["Research use only, not a medical device", "2 findings are shown."]);
  for (const group of groupsOf(root)) {
    const texts = group.items.map(({ value }) => value);
    assert.ok(texts.includes("Research use only, not a medical device"));
    assert.ok(texts.includes("score threshold 0.5"));
    assert.ok(texts.includes(`weights ${testModel.sha256}`));
  }
});

test("measurementReportFile: a report of more views names the one that it stands in for", () => {
  const { analysis, examined } = twoViews();
  const predecessor = testAnalysis();
  const file = measurementReportFile(analysis, { examined, answer: null, predecessor });
  const [study] = parseDataSet(file, "late").items("x0040a360");
  const [series] = study.items("x00081115");
  const [named] = series.items("x00081199");
  const early = reportOf(testFindings);
  assert.equal(named.text("x00081155"), early.text("x00080018"));
  assert.equal(series.text("x0020000e"), early.text("x0020000e"));
});

test("measurementReportFile: radiographs of two studies are refused", () => {
  const { analysis, examined } = twoViews();
  const [other] = testAnalysis({ 2097165: { vr: "UI", value: "1.3.99.6" } }).sources;
  assert.throws(
    () =>
      measurementReportFile(analysis, {
        examined: [...examined, { source: other, findings: [] }],
        answer: null,
      }),
    /of one study/,
  );
});

function groupsOf(root: ReadItem): readonly ReadItem[] {
  return root.items.find(({ concept }) => concept === "DCM 126010")?.items ?? [];
}

function valueIn(group: ReadItem, concept: string): string | null {
  return group.items.find((item) => item.concept === concept)?.value ?? null;
}

function pointsOf(group: ReadItem): readonly number[] {
  return group.items.find(({ valueType }) => valueType === "SCOORD")?.points ?? [];
}
