import assert from "node:assert/strict";
import { test } from "node:test";
import { ankleClassification } from "./ankle-classification.ts";
import { protocolSchema } from "./protocol.ts";
import { readRecord } from "./read-json.ts";
import { screeningRulesSchema } from "./screening-rules.ts";

const words = {
  recognizedBy: ["the"],
  abbreviations: [],
  asideHeadings: [],
  reportHeadings: [],
  fracture: ["fracture"],
  targetSites: ["ankle"],
  prepositions: ["of"],
  otherSites: { pathology: ["tibia"] },
  abnormality: [],
  normal: [],
  exclusions: { cast: ["cast"] },
  ignored: [],
  negationBefore: ["no"],
  negationAfter: [],
  possibleBefore: [],
  possibleAfter: [],
  questionBefore: [],
  questionAfter: [],
  historicalBefore: [],
  historicalAfter: [],
  acute: [],
  terminators: [],
  coordinators: [],
};

const protocol = {
  name: "ankle",
  ...ankleClassification,
  views: ["ap", "lateral"],
  structures: [{ id: "fibula", name: "Fibula" }],
  exclusions: [
    { id: "cast", name: "Cast" },
    { id: "pathology", name: "Pathology" },
  ],
  people: { observers: 3, seniors: 1, referenceSurgeons: 3, annotators: 2 },
  labels: [
    {
      id: "ao",
      name: "AO",
      asked: true,
      values: [
        { id: "a1", name: "A1", classes: ["weber_a"] },
        { id: "c3", name: "C3", classes: ["weber_c", "weber_b"] },
      ],
    },
    {
      id: "maisonneuve",
      name: "Maisonneuve",
      asked: false,
      values: [
        { id: "yes", name: "yes", with: { ao: ["c3"] } },
        { id: "no", name: "no" },
      ],
    },
  ],
  thresholds: { annotationIou: 0.5 },
  splits: {
    seed: 1,
    preliminary: { fracture: 1, noFracture: 1 },
    training: { fracture: 1, noFracture: 1 },
    tuningShare: 0.1,
    internalTestPatientsPerClass: 1,
    internalTestReservePerClass: 1,
    externalTestPatients: 1,
    externalTestViews: ["ap"],
  },
  screening: {
    oldFracture: "pathology",
    uncertainFracture: "candidate fracture",
    languages: { en: words },
  },
};
const refuses = (change: object, expected: RegExp) =>
  assert.throws(() => readRecord(protocolSchema, { ...protocol, ...change }, "protocol"), expected);

test("protocolSchema: a whole protocol passes, and what it leaves out is filled in", () => {
  const { annotation, screening, ...rest } = readRecord(protocolSchema, protocol, "protocol");
  // Fifteen of a hundred cases are drawn without proposals, unless the study says otherwise.
  assert.deepEqual(annotation, { unassistedShare: 0.15, proposals: "at once" });
  assert.deepEqual(screening.languages.en.answerNo, []);
  const { screening: _, ...given } = protocol;
  assert.deepEqual(rest, given);
  const { labels: _labels, ...without } = protocol;
  assert.equal(readRecord(protocolSchema, without, "protocol").labels, undefined);
});

test("protocolSchema: the class of no fracture is one of the classes", () => {
  refuses(
    { noFractureClass: "sound" },
    /at noFractureClass: expected one of the classes, got "sound"/,
  );
});

test("protocolSchema: a structure besides what is drawn anyway", () => {
  for (const id of ["fracture", "no_fracture"]) {
    const structures = [...protocol.structures, { id, name: "twice" }];
    refuses(
      { structures },
      /at structures\[1\]\.id: expected a structure besides: "fracture" and "no_fracture"/,
    );
  }
});

test("protocolSchema: labels go with classes and values that there are", () => {
  const [ao, maisonneuve] = protocol.labels;
  const withValue = (value: object) => ({
    labels: [
      ao,
      { ...maisonneuve, values: [{ id: "yes", name: "yes", ...value }, maisonneuve.values[1]] },
    ],
  });
  refuses(
    withValue({ classes: ["weber_a", "weber_d"] }),
    /at labels\[1\]\.values\[0\]\.classes: expected classes of the protocol, got "weber_d"/,
  );
  refuses(
    withValue({ with: { syndesmosis: ["torn"] } }),
    /\.with\.syndesmosis: expected another label, got "syndesmosis"/,
  );
  refuses(
    withValue({ with: { ao: ["c3", "c4"] } }),
    /\.with\.ao: expected values of "ao", got "c4"/,
  );
});

test("protocolSchema: screening speaks of exclusions that there are", () => {
  const { screening } = protocol;
  refuses(
    { screening: { ...screening, oldFracture: "old" } },
    /at screening\.oldFracture: expected one of cast, pathology, got "old"/,
  );
  const rules = (change: object) => ({
    screening: { ...screening, languages: { en: { ...words, ...change } } },
  });
  refuses(
    rules({ exclusions: { cast: ["cast"], plate: ["plate"] } }),
    /at screening\.languages\.en\.exclusions: expected exclusion codes \(cast, pathology\), got "plate"/,
  );
  refuses(rules({ otherSites: { knee: ["knee"] } }), /languages\.en\.otherSites: .* got "knee"/);
});

test("protocolSchema: words of screening, one on either side of a bar", () => {
  const { screening } = protocol;
  const withTerm = (term: string) => ({
    ...protocol,
    screening: { ...screening, languages: { en: { ...words, normal: [term] } } },
  });
  for (const term of ["bones intact", "not seen|visible", "#", "a|b|c", "x-ray seen|there"]) {
    assert.ok(protocolSchema.safeParse(withTerm(term)).success, term);
  }
  for (const term of ["", "...", "|a", "a|", "a| b", "a |b", "x-ray|scan", "scan|x-ray"]) {
    assert.ok(!protocolSchema.safeParse(withTerm(term)).success, term);
  }
});

test("screeningRulesSchema: languages of two letters at least, and codes that are not empty", () => {
  const { screening } = protocol;
  const takes = (languages: object) =>
    screeningRulesSchema.safeParse({ ...screening, languages }).success;
  for (const [language, may] of [
    ["", false],
    ["e", false],
    ["en", true],
    ["deu", true],
  ] as const) {
    assert.equal(takes({ [language]: words }), may, language);
  }
  for (const key of ["otherSites", "exclusions"]) {
    const of = (code: string) => ({ en: { ...words, [key]: { [code]: ["cast"] } } });
    assert.deepEqual([takes(of("")), takes(of("c")), takes(of("cast"))], [false, true, true], key);
  }
});
