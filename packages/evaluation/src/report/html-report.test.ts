import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../evaluate.ts";
import { htmlReport, NOTICE } from "./html-report.ts";
import { jsonReport } from "./json-report.ts";
import { percentOf } from "./numbers.ts";
import { preliminaryLists } from "./preliminary-lists.ts";
import { readerResult } from "./reader-results.ts";
import { ankleReport } from "./test-ankle-report.ts";
import { testPreliminary } from "./test-preliminary.ts";
import { fullReport, picture, testOptions, testPatients } from "./test-report.ts";
import { type AcceptanceThreshold, figureAnchors, thresholdsReached } from "./thresholds.ts";

const full = fullReport;
const threshold = {
  direction: "at least",
  limit: 0.85,
  intervalLimit: 0.6,
  anchor: "top",
} as const;
const page = htmlReport(full);
/** The words of a page, one space between them. */
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
const words = textOf(page);
const image = { view: "ap", width: 8, height: 8, findings: [], truths: [] } as const;

/** What stands in nothing, so that a parser of a few lines can follow the rest. */
const VOID = new Set(["meta", "img", "br", "path", "rect", "circle"]);

test("htmlReport: every element is closed in its order", () => {
  const open: string[] = [];
  for (const [, end, tag] of page.matchAll(/<(\/?)([a-zA-Z0-9]+)[^>]*>/g)) {
    if (VOID.has(tag)) continue;
    if (end === "") open.push(tag);
    else assert.equal(open.pop(), tag);
  }
  assert.deepEqual(open, []);
});

test("htmlReport: nothing that is put in becomes markup", () => {
  assert.ok(!page.includes("<script"));
  const said = "&lt;script&gt;alert(&quot;&amp;&#39;&quot;)&lt;/script&gt;";
  // Title twice, subtitle, seed, software twice, and every other place at least once.
  assert.ok(page.split(said).length - 1 >= 20);
});

test("htmlReport: every link leads to a place in the page, and no place is named twice", () => {
  const places = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(places).size, places.length);
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, to]) => to);
  assert.ok(links.length > 100);
  for (const to of new Set(links)) assert.ok(places.includes(to), to);
});

/** What is no figure of cases: the paper's own, what tuning patients gave, hashes, times. */
const OTHERS = /^(?:id="(?:paper|methods|checklists|timings|training|next)"|class="cases")/;

const ankles = htmlReport({ ...ankleReport(), sets: full.sets, readers: full.readers });

test("htmlReport: every number in a table leads to its cases", () => {
  const bare = ankles
    .replace(/<div[^>]*aria-label="Operating points">.*?<\/div>/gs, "")
    .split("<section ")
    .slice(1)
    .filter((section) => !OTHERS.test(section))
    .flatMap((section) => [...section.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell))
    .filter((cell) => /\d/.test(textOf(cell)) && !cell.includes('class="figure"'))
    .map((cell) => textOf(cell).trim());
  // Nobody is behind a 0.
  assert.deepEqual([...new Set(bare)], ["0"]);
});

/** What counts radiographs, of which a patient may have several. */
const OF_RADIOGRAPHS = /-alone-|^set-\d+-(?:all$|view-|visibility-)|^preliminary-proposed-/;

test("htmlReport: every count in a table is that of the cases to which it leads", () => {
  const withNetworks = htmlReport({ ...ankleReport(), preliminary: testPreliminary });
  const seen = new Map<string, number>();
  for (const report of [ankles, withNetworks]) {
    const lists = new Map(
      [...report.matchAll(/<li id="([^"]+)"><b>.*?<\/b> (\d+)(?:\/(\d+))?[:;]/gs)].map(
        ([, id, counted, all]) => [id, { counted: Number(counted), all: Number(all ?? counted) }],
      ),
    );
    const cells = report.matchAll(/<td[^>]*><a class="figure" href="#([^"]+)">([\d\u202f]+)<\/a>/g);
    for (const [, to, said] of cells) {
      const count = Number(said.replaceAll("\u202f", ""));
      const list = lists.get(to);
      assert.ok(list !== undefined, `${count} leads to ${to}`);
      const kind = to.replaceAll(/\d+/g, "").replace(/^behind-(?:in|ex)ternal-[a-z]+-/, "");
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      if (OF_RADIOGRAPHS.test(to)) assert.ok(count >= list.all, `${to}: ${count}, ${list.all}`);
      else assert.ok(count === list.counted || count === list.all, `${to}: ${count}`);
    }
  }
  for (const kind of ["errors-level-", "gap-", "subgroup-", "cell--", "reader--accuracy"]) {
    assert.ok(seen.has(kind), `${kind} is not among ${[...seen.keys()].join(", ")}`);
  }
});

test("htmlReport: what compares two groups leads to both", () => {
  const of = (label: string, report: string) => {
    const row = report.match(new RegExp(`<tr><th scope="row">${label}</th>(.*?)</tr>`, "s"))?.[1];
    return [...(row ?? "").matchAll(/href="#([^"]+)"/g)].map(([, to]) => to);
  };
  const withNetworks = htmlReport({ ...full, preliminary: testPreliminary });
  for (const [label, what] of [
    ["Seconds a drawing", "timed"],
    ["Overlap of two annotators", "drawnTwice"],
    ["Overlap of wrong proposals with what was drawn", "wrongShapes"],
  ] as const) {
    const keys = ["assisted", "unassisted", "both"].map((which) => `assistance-${what}-${which}`);
    assert.deepEqual(
      of(label, withNetworks),
      keys.map((key) => `preliminary-${key}`),
    );
    const listed = (key: string) =>
      withNetworks.match(new RegExp(`<li id="preliminary-${key}"><b>[^<]*</b> (\\d+):`))?.[1];
    const [assisted, unassisted, both] = keys.map((key) => Number(listed(key)));
    assert.equal(both, assisted + unassisted, label);
  }
  // Of the tests p values and the trend are of all who were read, the detector's share of a reader's patients.
  const read = ankles.match(/a difference of (.*?)<\/p>/s)?.[1] ?? "";
  const links = [...read.matchAll(/href="#behind-internal-difficult-([^"]+)"/g)];
  assert.deepEqual(
    links.map(([, to]) => to),
    Array(5).fill("errors-read"),
  );
  assert.match(of("Reader 1", ankles)[2], /-reader-0-detector$/);
});

test("htmlReport: rows and pictures say whose they are, by test and place, and no pseudonym stands in the page", () => {
  const marks = [...page.matchAll(/ data-case="([^"]+)"/g)].map(([, mark]) => mark);
  const [{ id, evaluation }] = full.tests;
  const { outcomes, fractures } = evaluation;
  assert.ok(marks.length >= outcomes.length + fractures.length + 1);
  for (const place of outcomes.keys()) assert.ok(marks.includes(`${id} ${place}`), String(place));
  for (const { patient } of outcomes) {
    assert.ok(patient.length <= 6 || !page.includes(patient), patient);
  }
});

test("htmlReport: of those in the sets and behind the preliminary networks the ends of their pseudonyms stand there", () => {
  const page = htmlReport({ ...full, preliminary: testPreliminary });
  const patients = new Set([
    ...full.sets.flatMap(({ members }) => members.map(({ patient }) => patient)),
    ...preliminaryLists(testPreliminary, (id) => id).flatMap((list) => list.patients),
  ]);
  assert.ok(patients.size >= 7, `${patients.size} patients`);
  for (const patient of patients) {
    assert.ok(patient.length > 6 && page.includes(patient.slice(-6)), patient);
    assert.ok(!page.includes(patient), patient);
  }
});

test("htmlReport: the file needs nothing else", () => {
  const sources = [...page.matchAll(/(?:src|href|url)\s*[=(]\s*"?([^")\s]+)/g)]
    .map(([, to]) => to)
    .filter((to) => !to.startsWith("#"));
  assert.deepEqual(sources, [`data:image/png;base64,${Buffer.from(picture).toString("base64")}`]);
  assert.ok(!/https?:|@import/.test(page));
});

test("htmlReport: says what it is and what it is not", () => {
  assert.ok(words.includes(`${NOTICE} Everything here is simulated`));
  assert.match(
    page,
    /@page\{[^}]*content:"Research software, not a medical device. Everything here/,
  );
  const real = htmlReport({ ...full, simulated: null });
  assert.ok(real.includes(NOTICE) && !/simulated/i.test(real));
});

test("htmlReport: a threshold missed by a thousandth is missed, and does not look reached", () => {
  assert.ok(words.includes("Not reached: 1 of 2 thresholds"));
  assert.ok(
    words.includes("0.849 0.700–0.950 AUC at least 0.85, interval above 0.60: not reached"),
  );
  assert.ok(words.includes("0.850 0.650–0.950 IoU at least 0.85, interval above 0.60: reached"));
  const passed = htmlReport({ ...full, thresholds: full.thresholds.slice(1) });
  assert.ok(passed.includes("Reached: all 1 thresholds"));
});

test("htmlReport: each figure that has a threshold leads to its cases", () => {
  const [test] = full.tests;
  const anchors = Object.values(figureAnchors(test.id));
  assert.equal(new Set(anchors).size, 5);
  for (const anchor of anchors) assert.ok(page.includes(`id="${anchor}"`), anchor);
  const cards = [
    ...page.matchAll(/<div class="threshold [^>]*><b><a class="figure" href="#([^"]+)"/g),
  ];
  assert.deepEqual(
    cards.map(([, to]) => to),
    full.thresholds.map(({ anchor }) => anchor),
  );
});

test("thresholdsReached: by the figure and by the far end of its interval, in both directions", () => {
  const reached = (change: Partial<AcceptanceThreshold>) =>
    thresholdsReached([{ ...threshold, name: "x", value: 0.9, interval: [0.7, 0.95], ...change }]);
  assert.equal(reached({}), true);
  assert.equal(reached({ value: 0.84 }), false);
  assert.equal(reached({ interval: [0.59, 0.95] }), false);
  assert.equal(reached({ value: null }), false);
  assert.equal(reached({ interval: null }), false);
  const atMost = { direction: "at most", limit: 0.5, intervalLimit: 0.75 } as const;
  assert.equal(reached({ ...atMost, value: 0.5, interval: [0.4, 0.7] }), true);
  assert.equal(reached({ ...atMost, value: 0.51, interval: [0.4, 0.7] }), false);
  assert.equal(reached({ ...atMost, value: 0.5, interval: [0.4, 0.76] }), false);
  assert.equal(thresholdsReached([]), true);
});

test("htmlReport: accuracy, AUC and IoU stand together at the head, people beside each", () => {
  // A reader right in 2 of 3, with a sensitivity of 1/2 and a specificity of 1.
  assert.ok(
    words.includes(
      "95% 76–99 of patients are put into the right one of 2 classes 67% 1 simulated reader alone",
    ),
  );
  assert.ok(
    words.includes("0.91 0.54–0.99 AUC, fracture against none 0.75 1 simulated reader alone"),
  );
  assert.ok(
    words.includes(
      "1.00 1.00–1.00 median mask IoU of the fractures, missed ones as 0 0.60 0.50–0.70 two simulated annotators",
    ),
  );
  const [one] = full.tests;
  const alone = htmlReport({ ...full, tests: [{ ...one, people: null }] });
  assert.ok(alone.includes("no reader has read these patients"));
  assert.ok(alone.includes("no fracture was drawn by two annotators"));
  const readers = one.people?.readers.map((reader) => ({ ...reader, independent: false })) ?? [];
  const people = { readers, annotators: null, agreement: {} };
  const own = htmlReport({ ...full, tests: [{ ...one, people }] });
  assert.ok(own.includes("1 simulated reader alone, whose readings made the truth"));
});

test("htmlReport: the paper's figures stand beside the ankle's classes, and beside no others", () => {
  assert.ok(!page.includes("Beside the paper"));
  const [one] = full.tests;
  const published = htmlReport({ ...full, tests: [{ ...one, published: "internal easy" }] });
  assert.ok(!published.includes("Beside the paper"));
  const classes = ["no_fracture", "weber_c", "weber_b", "weber_a"];
  const settings = { ...testOptions, classes, noFractureClass: "no_fracture" };
  const evaluation = evaluate(
    classes.map((name) => ({
      id: name,
      class: name,
      ambiguous: null,
      images: [{ ...image, id: name }],
    })),
    settings,
  );
  const test = { ...one, evaluation, people: null };
  const compared = textOf(
    htmlReport({
      ...full,
      tests: [
        { ...test, id: "one", published: "internal easy" },
        { ...test, id: "two", published: "external easy" },
      ],
      gallery: [],
    }),
  );
  assert.ok(compared.includes("Table 1: confusion, internal easy"));
  // Of 25 patients, whatever the order of the study's classes.
  assert.ok(compared.includes("weber_a 19 3 0 3 25"));
  assert.match(compared, /weber_b [^%]+% \d+–\d+ 92% 75–98 /);
  // The external test has no counts.
  assert.match(compared, /external easy, accuracy 25% 5–70 90% 84–94 0\.83 to 0\.95/);
  assert.match(compared, /weber_c 0% 0–79 71% /);
  assert.ok(compared.includes("Table 2 prints 93 %. From Table 1 it is 69 of 75, which is 92 %."));
});

test("htmlReport: the figures of a test with their intervals", () => {
  // 9 of 10 fractures; Wilson's interval is 59.6 to 98.2 %.
  assert.ok(words.includes("Sensitivity for a fracture 90% 60–98"));
  assert.ok(words.includes("Accuracy 95% (19/20, 76–99)"));
  assert.ok(words.includes("Accuracy is 94% (17/18, 74–99) in the patients on whom"));
  assert.ok(words.includes("Weber B 9 1 10"));
  // The mean IoU is exactly 1, of the nine that are found.
  assert.ok(words.includes("Mean box IoU is 1.00 ± 0.00 (mean 1.00–1.00) of the found fractures"));
});

test("htmlReport: found is defined where it stands, beside its false positives", () => {
  assert.match(
    words,
    /Findings are shown from a score of 0\.50 on\. A fracture is found where the box/,
  );
  assert.match(words, /overlaps its box with an IoU of at least 0\.30, whatever its class/);
  assert.ok(words.includes("There are 0.00 0.00–0.00 false positives a radiograph"));
  assert.match(words, /allowed found share from score .* 0\.1 9\/10 90% \d+–\d+ 0\.60 0\.00 \(all/);
});

test("htmlReport: the flow of a hospital, large numbers grouped, long names on two lines", () => {
  for (const said of [
    "files 12 345 radiographs 90 patients 30 cases 31",
    "Excluded by keyword: 8 cast 7 Other fracture or pathology 1",
    "Left out by readers: 1 cast 1 undecided 2",
    "Weber B 9",
    "by agreement 17 by adjudication 3",
    "training 13 / 37 internal test 6 / 18",
    "not-dicom 4",
  ]) {
    assert.ok(words.includes(said), said);
  }
  assert.ok(!words.includes("never"), "codes that nobody has are left out");
  assert.ok(/<text[^>]*>Other fracture or<\/text>/.test(page));
});

test("htmlReport: figures draw numbers, also of an empty test", () => {
  const empty = htmlReport({
    ...full,
    tests: [{ ...full.tests[0], evaluation: evaluate([], testOptions) }],
    gallery: [],
    training: { description: "", points: [] },
    timings: [],
  });
  const diverged = [3, 2, Number.NaN, Number.POSITIVE_INFINITY, 1];
  const points = diverged.map((loss, i) => ({ step: i + 1, loss }));
  const broken = htmlReport({ ...full, training: { description: "", points } });
  for (const text of [page, empty, broken]) assert.ok(!/NaN|Infinity|undefined/.test(text));
});

test("jsonReport: the same content without the bytes of images", () => {
  const record = JSON.parse(jsonReport(full));
  assert.equal(record.passed, false);
  assert.equal(record.notice, NOTICE);
  assert.deepEqual(record.tests, full.tests);
  const { picture: _picture, ...item } = full.gallery[0].items[0];
  assert.deepEqual(record.gallery[0].items, [item]);
  assert.equal(JSON.parse(jsonReport({ ...full, thresholds: [] })).passed, null);
});

test("htmlReport: what readers reach is a range, or one figure where all reach the same", () => {
  const [one] = fullReport.tests;
  const reader = (called: readonly string[]) =>
    readerResult(
      "r",
      true,
      called.map((name, i) => ({ patient: `${i}`, truth: "none", said: name, certainty: null })),
      "none",
    );
  const said = (...readers: ReturnType<typeof reader>[]) => {
    const people = { readers, annotators: null, agreement: {} };
    const page = htmlReport({ ...fullReport, tests: [{ ...one, people }] });
    return page.match(/<span class="people"><b>([^<]*)<\/b>([^<]*)/)?.slice(1);
  };
  const half = reader(["none", "weber-b"]);
  assert.deepEqual(said(half), ["50%", " 1 simulated reader alone"]);
  assert.deepEqual(said(half, half), ["50%", " 2 simulated readers alone"]);
  assert.deepEqual(said(reader(["none", "none"]), half), [
    "50%–100%",
    " 2 simulated readers alone",
  ]);
});

test("htmlReport: of a large test only the patients who are wrong have rows, and the others are counted", () => {
  const [one] = full.tests;
  const patients = testPatients(260).map((patient) => ({
    ...patient,
    images: patient.images.map((own) => ({
      ...own,
      findings: own.findings.map((finding) => ({ ...finding, score: 0.6 })),
    })),
  }));
  const large = { ...one, people: null, evaluation: evaluate(patients, testOptions) };
  const long = htmlReport({ ...full, readers: [], gallery: [], tests: [large] });
  const rows = [...long.matchAll(/<tr id="cases-internal-difficult-(\d+)">/g)].map(
    ([, place]) => place,
  );
  // The last fracture alone is taken for none.
  assert.deepEqual(rows, ["260"]);
  assert.match(textOf(long), /Not listed here: 519 patients who were classified right\./);
  assert.match(textOf(long), /Accuracy 519\/520: and 519 not listed not: -b 259/);
  for (const [, to] of long.matchAll(/ href="#([^"]+)"/g))
    assert.ok(long.includes(` id="${to}"`), to);
});

test("htmlReport: what nobody knows has no part, and a decision without points says where they come from", () => {
  const bare = htmlReport({ ...full, flow: null, sets: [] });
  assert.ok(!bare.includes('id="participants"') && page.includes('id="participants"'));
  for (const [flow, sets] of [
    [full.flow, []],
    [null, full.sets],
  ] as const) {
    assert.ok(htmlReport({ ...full, flow, sets }).includes('id="participants"'));
  }
  const ankles = ankleReport();
  const [one] = ankles.tests;
  assert.ok(!htmlReport(ankles).includes("was fitted without operating points"));
  const without = { ...one, evaluation: { ...one.evaluation, operatingPoints: [] } };
  assert.ok(
    htmlReport({ ...ankles, tests: [without] }).includes("was fitted without operating points"),
  );
});

test("htmlReport: whose bones the millimetres are from: a model's, annotators', or both", () => {
  const ankles = ankleReport();
  const [one] = ankles.tests;
  const said = (model: number, annotators: number) => {
    const levels = one.levels && { ...one.levels, bonesBy: { model, annotators } };
    return textOf(htmlReport({ ...ankles, tests: [{ ...one, levels }] })).match(
      /Bones are outlined by [^.]*/,
    )?.[0];
  };
  assert.equal(said(4, 0), "Bones are outlined by a model");
  assert.equal(
    said(0, 4),
    "Bones are outlined by annotators, which is the best that there could be",
  );
  assert.equal(said(3, 4), "Bones are outlined by a model on 3 radiographs, by annotators on 4");
});

test("percentOf: whole percents, and nothing is all or none that is not", () => {
  const cases: [share: number, said: string][] = [
    [1, "100"],
    [519 / 520, "99.8"],
    [9999 / 10_000, "99.9"],
    [99_999 / 100_000, "99.9"],
    [0.995, "99.5"],
    [0.994, "99"],
    [0.005, "1"],
    [1 / 520, "0.2"],
    [1 / 100_000, "0.1"],
    [0, "0"],
  ];
  for (const [share, said] of cases) assert.equal(percentOf(share), said);
});
