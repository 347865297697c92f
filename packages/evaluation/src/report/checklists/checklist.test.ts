import assert from "node:assert/strict";
import { test } from "node:test";
import { analyzeTest } from "../analyses-of-test.ts";
import type { ReportContent } from "../content.ts";
import { htmlReport } from "../html-report.ts";
import { testAnchor } from "../links.ts";
import { fullReport, testProvenance } from "../test-report.ts";
import { type AuthorAnswer, type Checklist, countStatuses, fillChecklists } from "./checklist.ts";
import { checklistCsv } from "./checklist-csv.ts";
import { KNOWN_CHECKLISTS } from "./known-checklists.ts";

const content: ReportContent = { ...fullReport, provenance: testProvenance };
/** Of a study of which nothing is known. */
const nothing: ReportContent = {
  ...fullReport,
  simulated: null,
  software: [],
  flow: null,
  sets: [],
  tests: [],
  readers: [],
  gallery: [],
  training: null,
  provenance: null,
};

const fill = (
  of: ReportContent,
  answers: readonly AuthorAnswer[] = [],
  design: Parameters<typeof fillChecklists>[3] = "retrospective evaluation",
) => fillChecklists(KNOWN_CHECKLISTS, of, answers, design);

const sizes: readonly (readonly [name: string, items: number])[] = [
  ["CLAIM 2024", 44],
  ["MI-CLAIM", 19],
  ["TRIPOD+AI", 50],
  ["CONSORT-AI", 14],
  ["SPIRIT-AI", 15],
  ["DECIDE-AI", 27],
];
for (const [name, items] of sizes) {
  test(`${name}: has ${items} items, none twice`, () => {
    const checklist = KNOWN_CHECKLISTS.find((one) => one.name === name);
    assert.equal(checklist?.items.length, items);
    assert.equal(new Set(checklist?.items.map(({ id }) => id)).size, items);
  });
}

test("fillChecklists: nothing is claimed of a study of which nothing is known", () => {
  for (const { name, items } of fill(nothing)) {
    for (const { id, status, where } of items) {
      assert.ok(status === "needs the author" || status === "not applicable", `${name} ${id}`);
      assert.equal(where, null);
    }
  }
});

test("fillChecklists: what is filled has words and a place that is in the page", () => {
  const checklists = fill(content);
  const page = htmlReport({ ...content, checklists });
  for (const { name, items } of checklists) {
    for (const { id, status, answer, where, missing } of items) {
      if (status === "filled") {
        assert.ok(answer !== null && answer.length > 10 && missing === null, `${name} ${id}`);
        assert.ok(where !== null);
      }
      if (status === "needs the author") assert.ok(missing !== null, `${name} ${id}`);
      if (where !== null) assert.ok(page.includes(`id="${where.anchor}"`), where.anchor);
    }
  }
  assert.ok(countStatuses(checklists[0]).filled >= 20);
});

const kappa = "Fleiss' kappa";
const items: readonly (readonly [item: string, status: string, answer: RegExp | null])[] = [
  // The reading of two readers: a, a and a, b, of which chance alone agrees in 5 of 8.
  ["18", "filled", new RegExp(`${kappa} -0\\.33`)],
  ["20", "filled", /checked for 6 test patients.*no test radiograph is in the run's record/],
  ["21", "needs the author", /20 patients/],
  ["25", "filled", /Recipe "quick" .*seed 7.*3 of 4 steps of 2 radiographs/],
  ["34", "needs the author", null],
  ["37", "filled", /accuracy 19\/20 \(0\.76–0\.99\), AUC for a fracture/],
];
for (const [item, status, answer] of items) {
  test(`CLAIM 2024, item ${item}: ${status}`, () => {
    const found = fill(content)[0].items.find(({ id }) => id === item);
    assert.equal(found?.status, status);
    if (answer === null) assert.equal(found?.answer, null);
    else assert.match(found?.answer ?? "", answer);
  });
}

test("CLAIM 2024, item 26: the checkpoint was chosen on tuning radiographs, if the run has seen any", () => {
  const chosen = (seenTuning: number | null) => {
    const training = testProvenance.training ?? assert.fail();
    const provenance = { ...testProvenance, training: { ...training, seenTuning } };
    return fill({ ...content, provenance })[0].items.find(({ id }) => id === "26");
  };
  for (const nothingSeen of [0, null]) {
    assert.equal(chosen(nothingSeen)?.status, "needs the author", `${nothingSeen}`);
  }
  assert.match(chosen(1)?.answer ?? "", /did best on 1 tuning radiographs/);
});

test("DECIDE-AI, item VIII: groups of patients stand in the first test that has any", () => {
  const [one] = content.tests;
  const nobody = { agreement: {}, readers: [] };
  const by = (id: string, attribute: string | null) => {
    const known = one.evaluation.outcomes.map(({ patient }, i) => [
      patient,
      attribute === null ? {} : { [attribute]: `${i % 2}` },
    ]);
    const analyses = analyzeTest(one.evaluation, Object.fromEntries(known), nobody, null);
    return { ...one, id, analyses };
  };
  const tests = [one, by("none", null), by("first", "Sex"), by("second", "Machine")];
  const decide = fill({ ...content, tests }).find(({ name }) => name === "DECIDE-AI");
  const item = decide?.items.find(({ id }) => id === "VIII");
  assert.match(item?.answer ?? "", /AUC by sex, with intervals/);
  assert.equal(item?.where?.anchor, testAnchor("first"));
});

test("fillChecklists: an author's answer holds, beside what the study knows", () => {
  const answers: readonly AuthorAnswer[] = [
    { checklist: "CLAIM 2024", item: "34", status: "answered", text: "NCT1" },
    { checklist: "CLAIM 2024", item: "20", status: "answered", text: "By patient." },
    { checklist: "MI-CLAIM", item: "2", status: "not applicable", text: "No question." },
  ];
  const [claim, miClaim] = fill(content, answers);
  const find = (id: string) => claim.items.find((item) => item.id === id);
  assert.deepEqual(
    [find("34")?.status, find("34")?.answer, find("34")?.missing],
    ["answered by the author", "NCT1", null],
  );
  assert.match(find("20")?.answer ?? "", /^By patient\. The study: Sets share no patient/);
  assert.equal(miClaim.items[1].status, "not applicable");
});

test("fillChecklists: items on a trial's conduct are asked of trials alone", () => {
  const consort = (design: Parameters<typeof fillChecklists>[3]) =>
    fill(content, [], design)
      .find(({ name }) => name === "CONSORT-AI")
      ?.items.find(({ id }) => id === "5(iv)");
  assert.equal(consort("retrospective evaluation")?.status, "not applicable");
  assert.match(consort("retrospective evaluation")?.answer ?? "", /a retrospective evaluation/);
  assert.equal(consort("randomised trial")?.status, "needs the author");
});

test("fillChecklists: a user's own checklist asks for everything", () => {
  const own: Checklist = {
    name: "Own",
    source: "ours",
    design: null,
    items: [{ id: "1", asks: "something", topic: null }],
  };
  const [filled] = fillChecklists([own], content, [], "retrospective evaluation");
  assert.deepEqual(countStatuses(filled), {
    filled: 0,
    "answered by the author": 0,
    "needs the author": 1,
    "not applicable": 0,
  });
});

test("checklistCsv: a line an item, with where it stands", () => {
  const lines = checklistCsv(fill(content)).trimEnd().split("\r\n");
  assert.equal(lines.length, 1 + 44 + 19 + 50 + 14 + 15 + 27);
  assert.equal(lines[0], "checklist,item,asks,status,answer,missing,where");
  assert.match(
    lines[35],
    /^CLAIM 2024,35,.*,filled,.*,,Who was studied \(index\.html#participants\)$/,
  );
  assert.match(lines[34], /^CLAIM 2024,34,Registration of the study,needs the author,,all of it,$/);
});
