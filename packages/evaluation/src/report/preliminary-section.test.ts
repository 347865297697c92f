import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssistanceAudit, Proportion } from "@malleolus/schema";
import { htmlReport } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";
import type { PreliminaryPicture, PreliminaryResult } from "./preliminary-result.ts";
import { EVIL, fullReport, picture } from "./test-report.ts";

const share = (count: number, total: number): Proportion => ({
  count,
  total,
  share: count / total,
  interval: [0, 1],
});
const figure = (value: number) => ({ value, interval: [value - 0.1, value + 0.1] as const });
const arms = (first: number, second: number) => ({
  assisted: figure(first),
  unassisted: figure(second),
  difference: figure(first - second),
});
const shown = (caption: string): PreliminaryPicture => ({
  picture,
  pictureType: "image/webp",
  width: 40,
  height: 30,
  caption,
  lines: [`because ${EVIL}`],
});
const assistance: AssistanceAudit = {
  patients: { assisted: 17, unassisted: 3 },
  drawings: { assisted: 34, unassisted: 6 },
  seconds: arms(41, 63.5),
  agreement: arms(0.71, 0.69),
  decisions: { accepted: share(3, 10), mended: share(6, 10), rejected: share(1, 10) },
  editDistanceMm: figure(1.2),
  anchoring: {
    wrongShapesAccepted: share(2, 9),
    wrongClassesAccepted: share(1, 8),
    pull: arms(0.5, 0.4),
  },
};
const preliminary: PreliminaryResult = {
  model: { sha256: "ab".repeat(32), name: "preliminary", version: "1+2" },
  radiographs: 123,
  patients: 45,
  judged: ["weber-b 0", "weber-b 1", "of no test"],
  against: "what was simulated",
  measures: [
    {
      structure: "fibula",
      dice: figure(0.9),
      proposed: share(9, 10),
      inVain: share(0, 1),
      patients: {
        there: ["weber-b 0", "weber-b 1"],
        proposed: ["weber-b 0"],
        missed: ["weber-b 1"],
        inVain: [],
      },
    },
  ],
  pictures: { chosen: "Evenly spaced.", items: [shown("lateral, patient 000001")] },
  selection: {
    strategy: "hard",
    picked: 20,
    passedOver: 40,
    rows: [
      {
        trait: { of: "mistaken" },
        picked: share(12, 20),
        passedOver: share(4, 40),
        patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
      },
      {
        trait: { of: "view", view: "ap" },
        picked: share(5, 20),
        passedOver: share(15, 40),
        patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
      },
    ],
    patients: { picked: ["chosen 1"], passedOver: ["left 22"] },
    pictures: { chosen: "The first.", items: [shown("AP, patient 000002")] },
  },
  assistance,
  assistancePatients: {
    assisted: ["helped 1"],
    unassisted: ["alone 1"],
    accepted: ["helped 1"],
    mended: ["helped 1"],
    rejected: ["helped 1"],
    wrongShapesAccepted: ["helped 1"],
    wrongClassesAccepted: ["helped 1"],
    wrongShapes: ["helped 1"],
  },
  selectionAudit: {
    plan: {
      format: "malleolus-selection-audit-1",
      fixedAt: "2026-01-01T00:00:00Z",
      strategy: "hard",
      control: "random",
      sizes: [50, 100],
      seeds: [1, 2, 3, 4, 5],
      outcomes: ["macro AUC", "fracture Dice"],
      recipe: "demo",
      bootstrap: { seed: 1, resamples: 100 },
    },
    audit: {
      planSha256: "cd".repeat(32),
      patients: 60,
      outcomes: [
        {
          outcome: "macro AUC",
          strategy: [
            { size: 50, mean: 0.71 },
            { size: 100, mean: 0.79 },
          ],
          control: [
            { size: 50, mean: 0.72 },
            { size: 100, mean: 0.8 },
          ],
          strategyArea: figure(0.75),
          controlArea: figure(0.76),
          difference: figure(-0.01),
          differenceBySeed: [0, 0, 0, 0, -0.05],
          verdict: "no difference shown",
        },
        {
          outcome: "fracture Dice",
          strategy: [
            { size: 50, mean: 0.5 },
            { size: 100, mean: 0.53 },
          ],
          control: [
            { size: 50, mean: 0.54 },
            { size: 100, mean: 0.56 },
          ],
          strategyArea: figure(0.52),
          controlArea: figure(0.55),
          difference: { value: -0.03, interval: [-0.05, -0.01] },
          differenceBySeed: [-0.03, -0.03, -0.03, -0.03, -0.03],
          verdict: "worse",
        },
      ],
    },
    on: null,
  },
};

test("preliminarySection: proposals, choice and both audits, each with its figures, also where it did not help", () => {
  const page = htmlReport({ ...fullReport, preliminary });
  const text = page.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  assert.match(text, /held against what was simulated: 123 radiographs of 45 patients/);
  assert.match(text, /fibula 10 0\.90 0\.80–1\.00/);
  assert.match(text, /another class than the readers 60% 0–100 10% 0–100/);
  assert.match(text, /Seconds a drawing 41\.0 .* 63\.5/);
  assert.match(text, /of the outlines that were wrong 22% \(2\/9, 0–100\) were accepted/);
  assert.match(
    text,
    /By macro AUC, .*, hard is not shown to differ from random\. By fracture Dice it is worse than random\./,
  );
  assert.match(page, /href="#preliminary"/);
  const section = page.slice(page.indexOf('<section id="preliminary"'));
  const cells = [...section.slice(0, section.indexOf("</section>")).matchAll(/<td>(.*?)<\/td>/gs)];
  const bare = cells.map(([, cell]) => cell).filter((cell) => !cell.includes('class="figure"'));
  // Of the audit, whose tuning patients no set names, and of what was proposed in vain on nobody's.
  assert.equal(bare.filter((cell) => /\d/.test(cell.replaceAll(/<[^>]+>/g, ""))).length, 15);
  for (const to of section.matchAll(/href="#([^"]+)"/g)) assert.ok(page.includes(` id="${to[1]}"`));
  assert.match(
    page,
    /<li id="preliminary-proposed-0-missed"><b>[^<]*not proposed where it is<\/b> 1: <a/,
  );
  assert.ok(!page.includes(EVIL));
});

test("preliminarySection: a study without preliminary networks has none, and JSON has no picture's bytes", () => {
  assert.doesNotMatch(htmlReport(fullReport), /id="preliminary"/);
  const json = JSON.parse(jsonReport({ ...fullReport, preliminary }));
  assert.equal(json.preliminary.pictures.items[0].caption, "lateral, patient 000001");
  assert.equal(json.preliminary.selection.pictures.items[0].picture, undefined);
  assert.equal(json.preliminary.pictures.items[0].picture, undefined);
});

test("preliminarySection: an audit on the study's own tuning patients leads to them", () => {
  const [set] = fullReport.sets;
  const sets = [set, { ...set, name: "Tuning" }];
  const page = htmlReport({ ...fullReport, sets, preliminary });
  assert.match(page, /measured on <a class="figure" href="#set-2-all">60 tuning patients<\/a>/);
  const { selectionAudit } = preliminary;
  const elsewhere = selectionAudit && { ...selectionAudit, on: "of another study" };
  const other = htmlReport({
    ...fullReport,
    sets,
    preliminary: { ...preliminary, selectionAudit: elsewhere },
  });
  assert.match(other, /measured on 60 tuning patients, of another study/);
});

test("preliminarySection: where nothing was drawn without a proposal, it says so and shows no table", () => {
  const none = { ...preliminary, radiographs: 0, patients: 0, pictures: null };
  const page = htmlReport({ ...fullReport, preliminary: none });
  assert.match(page, /of which there are none: nothing is said of how good it is/);
  assert.doesNotMatch(page, /aria-label="Proposed outlines"/);
  assert.match(page, /aria-label="Learning curves"/);
});
