/**
 * What simulated readers make of rendered phantoms, and whether a shortcut tells fractures from sound
 * ankles: the figures that `packages/phantom/src/ranges.ts` quotes as measured.
 *
 *   node experiments/phantom-calibration.ts [--patients 360] [--pitch 0.3] [--workers 1] [--cases FILE]
 *
 * Half of the patients are sound, the others A, B and C in equal numbers, half of each from either
 * hospital. Readers are measured on as many sound ones as there are of a class, panels on those and on
 * 8,000 more patients who borrow their fractures. FILE keeps the rendered cases: a run that was stopped
 * goes on, and readers can be measured again without rendering.
 */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  type Conspicuity,
  EXCLUSIONS,
  externalHospital,
  type FractureTruth,
  type Hospital,
  internalHospital,
  type PatientSpec,
  PHANTOM_VERSION,
  type PhantomView,
  readCase,
  samplePatient,
  simulateStudies,
  withPitch,
} from "@malleolus/phantom";
import {
  borrowed,
  CLASSES,
  type KnownCase,
  OBSERVERS,
  proportion,
  reportPanels,
  reportReaders,
  type TrueClass,
} from "./phantom-readers.ts";
import { auc, features, isOfThumbnail, shortcutScores } from "./phantom-shortcut.ts";

const AUC_LIMIT = 0.65;
const BORROWERS = 8_000;

interface RenderedCase {
  readonly hospital: Hospital["key"];
  readonly seed: string;
  readonly spec: PatientSpec;
  readonly fracture: FractureTruth | null;
  readonly views: readonly {
    readonly view: PhantomView;
    readonly contrast: number;
    readonly conspicuity: Conspicuity | null;
  }[];
  readonly features: readonly (readonly [name: string, value: number])[];
}

const { values } = parseArgs({
  options: {
    patients: { type: "string", default: "360" },
    pitch: { type: "string", default: "0.3" },
    workers: { type: "string", default: "1" },
    cases: { type: "string" },
  },
});
const cases = keptCases(values.cases);
await render(Number(values.patients), Number(values.pitch), Number(values.workers));

console.log(`phantom ${PHANTOM_VERSION}, ${cases.length} patients, half of them fractured`);
reportConspicuity();
const balanced = balancedCases();
reportReaders(balanced);
console.log(`panels on the same ${balanced.length}:`);
reportPanels(balanced);
console.log(`panels on ${BORROWERS} patients with their fractures:`);
reportPanels(borrowed(balanced, BORROWERS, "calibration panels"));
reportExclusions();
reportShortcut();

/** One a line, as far as an earlier run came. */
function keptCases(file: string | undefined): RenderedCase[] {
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RenderedCase);
}

async function render(patients: number, pitch: number, workers: number): Promise<void> {
  const order = [null, "A", null, "B", null, "C"] as const;
  const specs = Array.from({ length: Math.ceil(patients / 2) }, (_, i) => ({
    weberClass: order[i % order.length],
    exclusion: null,
  }));
  for (const hospital of [internalHospital, externalHospital]) {
    const kept = cases.filter((each) => each.hospital === hospital.key).length;
    const studies = simulateStudies({
      hospital,
      seed: "calibration",
      specs: specs.slice(kept),
      firstNumber: kept + 1,
      xrayUnit: withPitch(hospital.xrayUnit, pitch),
      workers,
      pixels: true,
    });
    for await (const study of studies) {
      const rendered: RenderedCase = {
        hospital: hospital.key,
        seed: study.patient.seed,
        spec: { weberClass: study.patient.fracture?.weberClass ?? null, exclusion: null },
        fracture: study.fracture,
        views: study.images.map(({ radiograph }) => ({
          view: radiograph.view,
          contrast: radiograph.fractureContrast ?? 0,
          conspicuity: radiograph.conspicuity,
        })),
        features: [...features(study)],
      };
      cases.push(rendered);
      if (values.cases !== undefined) appendFileSync(values.cases, `${JSON.stringify(rendered)}\n`);
      if (cases.length % 20 === 0) console.error(`${cases.length} of ${patients} rendered`);
    }
  }
}

function reportConspicuity(): void {
  const grades = ["obvious", "visible", "subtle", "impossible"] as const;
  for (const weberClass of ["A", "B", "C"] as const) {
    const own = cases.filter(({ spec }) => spec.weberClass === weberClass);
    for (const view of ["ap", "mortise", "lateral"] as const) {
      const seen = own.flatMap(({ views }) => views.filter((each) => each.view === view));
      const counts = grades.map(
        (grade) => `${seen.filter(({ conspicuity }) => conspicuity === grade).length} ${grade}`,
      );
      console.log(`${weberClass} ${view}: ${counts.join(", ")} (n = ${seen.length})`);
    }
  }
  const fractured = cases.filter(({ fracture }) => fracture !== null);
  const isSeen = (conspicuity: Conspicuity | null) =>
    conspicuity === "obvious" || conspicuity === "visible";
  for (const count of [0, 1]) {
    const found = fractured.filter(
      ({ views }) => views.filter(({ conspicuity }) => isSeen(conspicuity)).length === count,
    ).length;
    const text = count === 0 ? "on no view" : "on one view only";
    console.log(`visible or better ${text}: ${proportion(found, fractured.length)}`);
  }
}

/** As many of every class, spread over both hospitals. */
function balancedCases(): KnownCase[] {
  const ofClass = (name: TrueClass) => cases.filter((each) => classOf(each) === name);
  const size = Math.min(...CLASSES.map((name) => ofClass(name).length));
  return CLASSES.flatMap((truth) => {
    const own = ofClass(truth);
    return Array.from({ length: size }, (_, i) => {
      const { seed, spec, fracture, views } = own[Math.floor((i * own.length) / size)];
      const contrasts = views.map(({ contrast }) => contrast);
      return { truth, read: { patient: samplePatient(seed, spec), fracture, contrasts } };
    });
  });
}

/** Reading an exclusion needs no image: what is excluded shows at once, or the case is misread. */
function reportExclusions(): void {
  for (const exclusion of EXCLUSIONS) {
    let [right, count] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const patient = samplePatient(`calibration/${exclusion}/${i}`, {
        weberClass: "B",
        exclusion,
      });
      for (const reader of OBSERVERS) {
        const reading = readCase({ patient, fracture: null, contrasts: [] }, reader, 1);
        if (reading.exclusion === exclusion) right++;
        count++;
      }
    }
    console.log(`${exclusion} is left out: ${proportion(right, count)}`);
  }
}

function reportShortcut(): void {
  // So that every fold holds all classes of both hospitals.
  const order = cases.map((_, i) => i).sort((a, b) => ((a * 7) % 31) - ((b * 7) % 31) || a - b);
  const labels = order.map((i) => cases[i].fracture !== null);
  const ofSome = (what: string, isTaken: (name: string) => boolean): number => {
    const taken = order.map((i) => new Map(cases[i].features.filter(([name]) => isTaken(name))));
    const { scores, penalty } = shortcutScores(taken, labels);
    const value = auc(scores, labels);
    console.log(
      `${what}: AUC ${value.toFixed(3)} (${aucInterval(value, labels)}), penalty ${penalty}, n = ${labels.length}`,
    );
    return value;
  };
  const value = ofSome(`shortcut, limit ${AUC_LIMIT}`, () => true);
  ofSome("thumbnails alone", isOfThumbnail);
  ofSome("headers alone", (name) => !isOfThumbnail(name));
  const patients = order.map((i) => samplePatient(cases[i].seed, cases[i].spec));
  const single = (what: string, values: readonly number[]): void => {
    const area = auc(values, labels);
    console.log(`${what}: AUC ${area.toFixed(3)} (${aucInterval(area, labels)})`);
  };
  single(
    "swelling alone",
    patients.map(({ shape }) => shape.lateralSwelling),
  );
  single(
    "age alone, which only chance ties to a fracture",
    patients.map(({ ageYears }) => ageYears),
  );
  if (value >= AUC_LIMIT) {
    console.error("the shortcut tells fractures from sound ankles: the phantom leaks");
    process.exitCode = 1;
  }
}

function classOf({ spec }: RenderedCase): TrueClass {
  return spec.weberClass ?? "none";
}

/** Hanley and McNeil 1982. */
function aucInterval(value: number, labels: readonly boolean[]): string {
  const positives = labels.filter(Boolean).length;
  const negatives = labels.length - positives;
  const q1 = value / (2 - value);
  const q2 = (2 * value ** 2) / (1 + value);
  const variance =
    (value * (1 - value) +
      (positives - 1) * (q1 - value ** 2) +
      (negatives - 1) * (q2 - value ** 2)) /
    (positives * negatives);
  const half = 1.96 * Math.sqrt(variance);
  return `${(value - half).toFixed(3)} to ${(value + half).toFixed(3)}`;
}
