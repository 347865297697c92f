import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAnkle } from "../anatomy/ankle.ts";
import type { WeberClass } from "../patient/fracture.ts";
import { samplePatient } from "../patient/patient.ts";
import { simulateRadiograph } from "../radiography/simulate.ts";
import { fractureTruth } from "../radiography/truth.ts";
import { internalXrayUnit, withPitch } from "../radiography/xray-units.ts";
import { createRandom } from "../random.ts";
import { READER_ROLES } from "../ranges.ts";
import type { ReadCase, Reader } from "./impression.ts";
import { adjudicationOf, consensusOf, type Reading, readCase } from "./reader.ts";

const classes = ["A", "B", "C", "none"] as const;
const observers = readersOf("observer");
const surgeons = readersOf("surgeon");
const senior: Reader = { name: "senior", ...READER_ROLES.senior };
const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function readersOf(role: keyof typeof READER_ROLES): Reader[] {
  return ["one", "two", "three"].map((name) => ({
    name: `${role} ${name}`,
    ...READER_ROLES[role],
  }));
}

/** Medians of the best view's contrast in 180 rendered fractures, below and above 0.5 mm of gap. */
const MEDIANS = { A: [1.7, 5.6], B: [0.8, 2.5], C: [1.4, 5.5] } as const;

/** Ends of the line from the fracture's own numbers, contrast as in rendered cases. */
function caseOf(number: number, weberClass: WeberClass | "none"): ReadCase {
  const wanted = weberClass === "none" ? null : weberClass;
  const patient = samplePatient(`read ${number}`, { weberClass: wanted, exclusion: null });
  const { fracture, shape } = patient;
  if (fracture === null || wanted === null) return { patient, fracture: null, contrasts: [] };
  const half = { A: 10, B: 9.5, C: 6.9 }[wanted];
  const rise = half * Math.hypot(fracture.riseBackward, fracture.riseOutward);
  const random = createRandom("contrast", number);
  const median = MEDIANS[wanted][fracture.gapMm < 0.5 ? 0 : 1];
  return {
    patient,
    fracture: {
      weberClass: wanted,
      morphology: fracture.morphology,
      lowestMm: (fracture.level - rise) * shape.scale,
      highestMm: Math.min(fracture.level + rise, wanted === "A" ? -0.5 : Infinity) * shape.scale,
      gapMm: fracture.gapMm,
      displacementMm: 1,
    },
    contrasts: [median * Math.exp(0.45 * random.normal())],
  };
}

const cases = Array.from({ length: 3200 }, (_, i) => {
  const truth = classes[i % 4];
  return { truth, read: caseOf(i, truth) };
});
const readings = observers.map((observer) => cases.map(({ read }) => readCase(read, observer, 1)));

function kappa(a: readonly Reading[], b: readonly Reading[]): number {
  const share = (of: readonly Reading[], name: string) =>
    of.filter(({ weberClass }) => weberClass === name).length / of.length;
  const agreed = a.filter(({ weberClass }, i) => weberClass === b[i].weberClass).length / a.length;
  const chance = classes.reduce((sum, name) => sum + share(a, name) * share(b, name), 0);
  return (agreed - chance) / (1 - chance);
}

const verdicts = cases.map(({ read }, i) => {
  const [observed, operated] = [observers, surgeons].map((people) =>
    people.map((person) => readCase(read, person, 1).weberClass),
  );
  const agree = (own: readonly string[]) => own.every((each) => each === own[0]);
  return {
    truth: cases[i].truth,
    surgeon: operated[0],
    surgeonsDiffer: !agree(operated),
    surgeonAgain: readCase(read, surgeons[0], 2).weberClass,
    senior: readCase(read, senior, 1).weberClass,
    observersDiffer: !agree(observed),
    consensus: consensusOf(read, surgeons, 2).weberClass,
    curation: agree(observed) ? observed[0] : adjudicationOf(read, senior, observers, 1).weberClass,
    reference: agree(operated) ? operated[0] : consensusOf(read, surgeons, 2).weberClass,
  };
});

type Verdict = (typeof verdicts)[number];

function shareRight(
  of: readonly Verdict[],
  who: "surgeonAgain" | "senior" | "consensus" | "curation" | "reference",
): number {
  return of.filter((each) => each[who] === each.truth).length / of.length;
}

test("readCase: observers agree with truth and with one another as much as people are meant to", () => {
  for (const own of readings) {
    const right = own.filter(({ weberClass }, i) => weberClass === cases[i].truth).length;
    const share = right / cases.length;
    assert.ok(share > 0.75 && share < 0.85, `one observer is right in ${share}`);
  }
  for (const [i, j] of pairs) {
    const value = kappa(readings[i], readings[j]);
    assert.ok(value > 0.6 && value < 0.7, `kappa ${value}`);
  }
  const ambiguous = cases.filter(
    (_, i) => new Set(readings.map((own) => own[i].weberClass)).size > 1,
  ).length;
  const share = ambiguous / cases.length;
  assert.ok(share > 0.3 && share < 0.42, `${share} ambiguous`);
});

test("readCase: observers differ where a case is hard, not at random", () => {
  const shareDiffering = (own: readonly ReadCase[]) =>
    own.filter((read) => {
      const answers = observers.map((observer) => readCase(read, observer, 1).weberClass);
      return new Set(answers).size > 1;
    }).length / own.length;
  const fractured = cases.flatMap(({ read }) => (read.fracture === null ? [] : [read]));
  const showing = (contrast: number, lowestMm: number, highestMm: number) =>
    shareDiffering(
      fractured.map(({ patient, fracture }) => ({
        patient,
        fracture: fracture && { ...fracture, lowestMm, highestMm },
        contrasts: [contrast],
      })),
    );
  const [clear, faint, nearBorder] = [
    showing(15, 45, 60),
    showing(0.8, 45, 60),
    showing(15, 9, 25),
  ];
  assert.ok(clear < 0.08, `${clear} of what is clear`);
  assert.ok(faint > 4 * clear && faint > 0.25, `${faint} of what is faint`);
  assert.ok(nearBorder > 4 * clear && nearBorder > 0.25, `${nearBorder} of what is near a border`);
});

test("readCase: another look of the same reader is new in part; a school errs together", () => {
  const again = cases.map(({ read }) => readCase(read, observers[0], 2));
  const between = pairs.reduce((sum, [i, j]) => sum + kappa(readings[i], readings[j]) / 3, 0);
  const within = kappa(readings[0], again);
  assert.ok(within > between + 0.02 && within < 0.9, `${within} within, ${between} between`);

  const bothWrong = (school: string) => {
    const other = { ...observers[1], school };
    return cases.filter(
      ({ truth, read }, i) =>
        readings[0][i].weberClass !== truth && readCase(read, other, 1).weberClass !== truth,
    ).length;
  };
  const [same, another] = [bothWrong(observers[0].school), bothWrong("elsewhere")];
  assert.ok(another < same, `${another} with another school, ${same} with the same`);
});

test("consensusOf: who look again together are right more often than one of them alone", () => {
  const differing = verdicts.filter(({ surgeonsDiffer }) => surgeonsDiffer);
  const consensus = shareRight(differing, "consensus");
  const alone = shareRight(differing, "surgeonAgain");
  assert.ok(consensus > alone + 0.05, `${consensus} where they differ, ${alone} alone`);
  const share = shareRight(verdicts, "reference");
  assert.ok(share > 0.9 && share < 0.95, `the reference is right in ${share}`);
});

test("consensusOf, adjudicationOf: one alone decides as in a reading, all alike decide as each", () => {
  for (const { read } of cases.slice(0, 100)) {
    const [one] = surgeons;
    const { weberClass } = readCase(read, one, 2);
    assert.equal(consensusOf(read, [one], 2).weberClass, weberClass);
    assert.equal(adjudicationOf(read, one, [], 2).weberClass, weberClass);
  }
  // What none of them sees is no fracture, what all see is one.
  for (const { read } of cases) {
    const own = surgeons.map((surgeon) => readCase(read, surgeon, 2).weberClass === "none");
    const isNone = consensusOf(read, surgeons, 2).weberClass === "none";
    if (own.every(Boolean)) assert.ok(isNone);
    if (!own.some(Boolean)) assert.ok(!isNone);
  }
});

test("consensusOf, adjudicationOf: a reason to leave out that one sees is shown to all", () => {
  let differed = 0;
  for (let i = 0; i < 400; i++) {
    const patient = samplePatient(`excluded ${i}`, { weberClass: "B", exclusion: "cast" });
    const read: ReadCase = { patient, fracture: null, contrasts: [] };
    const [first, ...others] = surgeons;
    const seen = surgeons.map((surgeon) => readCase(read, surgeon, 1).exclusion !== null);
    const expected = seen.some(Boolean) ? "cast" : null;
    assert.equal(consensusOf(read, surgeons, 1).exclusion, expected);
    assert.equal(adjudicationOf(read, first, others, 1).exclusion, expected);
    if (seen.includes(false)) differed++;
  }
  assert.ok(differed > 20, `one missed it in ${differed}`);
});

test("adjudicationOf: a senior who weighs the observers is right more often than one who does not", () => {
  const differing = verdicts.filter(({ observersDiffer }) => observersDiffer);
  const weighed = shareRight(differing, "curation");
  const alone = shareRight(differing, "senior");
  assert.ok(weighed > alone + 0.01, `${weighed} where they differ, ${alone} alone`);
  const share = shareRight(verdicts, "curation");
  assert.ok(share > 0.85 && share < 0.92, `curation is right in ${share}`);
});

test("panels: curation and reference share what is hard, and less than all of it", () => {
  const wrong = (who: "curation" | "reference") => verdicts.filter((v) => v[who] !== v.truth);
  const both = wrong("curation").filter((v) => v.reference !== v.truth).length;
  const share = both / wrong("curation").length;
  const byChance = wrong("reference").length / verdicts.length;
  assert.ok(share > 2 * byChance && share < 0.55, `reference wrong in ${share} of these`);
});

test("readCase: a senior errs less, a faint fracture is missed more, readings are repeatable", () => {
  const errors = (noise: number, contrast: number) =>
    cases.filter(({ truth, read }) => {
      const faint = { ...read, contrasts: [contrast] };
      return (
        readCase(faint, { name: "x", noise, school: "x" }, 1).weberClass !== truth &&
        truth !== "none"
      );
    }).length;
  assert.ok(errors(0.3, 1) < errors(1.5, 1));
  assert.ok(errors(1, 4) < errors(1, 1) && errors(1, 1) < errors(1, 0.5));
  const [first] = cases;
  const once = readCase(first.read, observers[0], 1);
  assert.deepEqual(readCase(first.read, observers[0], 1), once);
});

test("readCase: on rendered phantoms, observers are neither perfect nor guess", () => {
  const xrayUnit = withPitch(internalXrayUnit, 0.8);
  const rendered = Array.from({ length: 12 }, (_, i) => {
    const truth = classes[i % 4];
    const weberClass = truth === "none" ? null : truth;
    const patient = samplePatient(`rendered ${i}`, { weberClass, exclusion: null });
    // Sound ankles have no contrast to measure.
    if (weberClass === null) return { truth, read: { patient, fracture: null, contrasts: [] } };
    const ankle = buildAnkle(patient);
    const contrasts = (["ap", "lateral"] as const).map(
      (view) => simulateRadiograph(ankle, view, xrayUnit).fractureContrast ?? 0,
    );
    return { truth, read: { patient, fracture: fractureTruth(ankle), contrasts } };
  });
  const shares = rendered.map(({ truth, read }) => {
    const own = Array.from({ length: 100 }, (_, i) =>
      readCase(read, { ...observers[0], name: `observer ${i}` }, 1),
    );
    return own.filter(({ weberClass }) => weberClass === truth).length / own.length;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  assert.ok(mean > 0.75 && mean < 0.985, `observers are right in ${mean}: ${shares}`);
});
