/**
 * What simulated readers make of rendered phantoms, and whether a shortcut tells fractures from sound
 * ankles: the figures that `packages/data/src/phantom/ranges.ts` quotes as measured.
 *
 *   node bench/phantom-calibration.ts [--patients 360] [--pitch 0.3] [--workers 1] [--cases FILE]
 *
 * Half of the patients are sound, the others A, B and C in equal numbers, half of each from either
 * hospital. Readers are measured on as many sound ones as there are of a class. FILE keeps the
 * rendered cases: a run that was stopped goes on, and readers can be tuned without rendering again.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  drawPatient,
  type Exclusion,
  externalHospital,
  type FractureTruth,
  type Hospital,
  internalHospital,
  type PatientWish,
  PHANTOM_VERSION,
  type PhantomView,
  type Reader,
  type Reading,
  readCase,
  simulateStudies,
  type Visibility,
  withPitch,
} from "@malleolus/data";
import { auc, features, shortcutScores } from "./phantom-shortcut.ts";

const READERS: readonly Reader[] = ["one", "two", "three"].map((name) => ({ name, noise: 1 }));
const CLASSES = ["A", "B", "C", "none"] as const;
const EXCLUSIONS: readonly Exclusion[] = [
  "tibia involved",
  "cast",
  "callus",
  "hardware",
  "open physes",
  "poor quality",
  "wrong view",
];
const AUC_LIMIT = 0.65;

interface RenderedCase {
  readonly hospital: Hospital["key"];
  readonly seed: string;
  readonly wish: PatientWish;
  readonly fracture: FractureTruth | null;
  readonly views: readonly {
    readonly view: PhantomView;
    readonly contrast: number;
    readonly visibility: Visibility | null;
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
reportVisibility();
reportReaders();
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
  const wishes = Array.from({ length: Math.ceil(patients / 2) }, (_, i) => ({
    weberClass: order[i % order.length],
    exclusion: null,
  }));
  for (const hospital of [internalHospital, externalHospital]) {
    const kept = cases.filter((each) => each.hospital === hospital.key).length;
    const studies = simulateStudies({
      hospital,
      seed: "calibration",
      wishes: wishes.slice(kept),
      firstNumber: kept + 1,
      room: withPitch(hospital.room, pitch),
      workers,
      pixels: true,
    });
    for await (const study of studies) {
      const rendered: RenderedCase = {
        hospital: hospital.key,
        seed: study.patient.seed,
        wish: { weberClass: study.patient.fracture?.weberClass ?? null, exclusion: null },
        fracture: study.fracture,
        views: study.images.map(({ radiograph }) => ({
          view: radiograph.view,
          contrast: radiograph.fractureContrast ?? 0,
          visibility: radiograph.visibility,
        })),
        features: [...features(study)],
      };
      cases.push(rendered);
      if (values.cases !== undefined) appendFileSync(values.cases, `${JSON.stringify(rendered)}\n`);
      if (cases.length % 20 === 0) console.error(`${cases.length} of ${patients} rendered`);
    }
  }
}

function reportVisibility(): void {
  const grades = ["obvious", "visible", "subtle", "impossible"] as const;
  for (const weberClass of ["A", "B", "C"] as const) {
    const own = cases.filter(({ wish }) => wish.weberClass === weberClass);
    for (const view of ["ap", "mortise", "lateral"] as const) {
      const seen = own.flatMap(({ views }) => views.filter((each) => each.view === view));
      const counts = grades.map(
        (grade) => `${seen.filter(({ visibility }) => visibility === grade).length} ${grade}`,
      );
      console.log(`${weberClass} ${view}: ${counts.join(", ")} (n = ${seen.length})`);
    }
  }
  const fractured = cases.filter(({ fracture }) => fracture !== null);
  const isSeen = (visibility: Visibility | null) =>
    visibility === "obvious" || visibility === "visible";
  for (const count of [0, 1]) {
    const found = fractured.filter(
      ({ views }) => views.filter(({ visibility }) => isSeen(visibility)).length === count,
    ).length;
    const text = count === 0 ? "on no view" : "on one view only";
    console.log(`visible or better ${text}: ${proportion(found, fractured.length)}`);
  }
}

function reportReaders(): void {
  const size = Math.min(
    ...CLASSES.map((name) => cases.filter((each) => classOf(each) === name).length),
  );
  const balanced = CLASSES.flatMap((name) => spreadOut(name, size));
  const readings = READERS.map((reader) => balanced.map((each) => read(each, reader)));
  READERS.forEach(({ name }, r) => {
    const right = balanced.filter((each, i) => readings[r][i] === classOf(each)).length;
    console.log(`reader ${name} agrees with truth: ${proportion(right, balanced.length)}`);
  });
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ]) {
    console.log(
      `kappa of ${READERS[a].name} and ${READERS[b].name}: ${kappaText(readings[a], readings[b])}`,
    );
  }
  const ambiguous = balanced.filter((_, i) => new Set(readings.map((own) => own[i])).size > 1);
  console.log(`ambiguous, any of three disagree: ${proportion(ambiguous.length, balanced.length)}`);
  // Many readers of the same cases: what is left is how hard these cases happen to be.
  const many = Array.from({ length: 60 }, (_, i) => ({ name: `reader ${i}`, noise: 1 }));
  for (const name of CLASSES) {
    const own = balanced.filter((each) => classOf(each) === name);
    const found = many.flatMap((reader) => own.map((each) => read(each, reader)));
    const shares = CLASSES.map(
      (as) => `${as} ${(found.filter((each) => each === as).length / found.length).toFixed(3)}`,
    );
    console.log(`60 readers call ${name}: ${shares.join(", ")} (n = ${own.length} cases)`);
  }
}

/** As many of a class from either hospital, as far as there are. */
function spreadOut(name: (typeof CLASSES)[number], size: number): RenderedCase[] {
  const own = cases.filter((each) => classOf(each) === name);
  return Array.from({ length: size }, (_, i) => own[Math.floor((i * own.length) / size)]);
}

/** Reading an exclusion needs no image: what is excluded shows at once, or the case is misread. */
function reportExclusions(): void {
  for (const exclusion of EXCLUSIONS) {
    let [right, count] = [0, 0];
    for (let i = 0; i < 200; i++) {
      const patient = drawPatient(`calibration/${exclusion}/${i}`, { weberClass: "B", exclusion });
      for (const reader of READERS) {
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
  const patients = order.map((i) => new Map(cases[i].features));
  const labels = order.map((i) => cases[i].fracture !== null);
  const { scores, penalty } = shortcutScores(patients, labels);
  const value = auc(scores, labels);
  console.log(
    `shortcut: AUC ${value.toFixed(3)} (${aucInterval(value, labels)}), penalty ${penalty}, n = ${labels.length}; limit ${AUC_LIMIT}`,
  );
  if (value >= AUC_LIMIT) {
    console.error("the shortcut tells fractures from sound ankles: the phantom leaks");
    process.exitCode = 1;
  }
}

function classOf({ wish }: RenderedCase): (typeof CLASSES)[number] {
  return wish.weberClass ?? "none";
}

function read(
  { seed, wish, fracture, views }: RenderedCase,
  reader: Reader,
): Reading["weberClass"] {
  const contrasts = views.map(({ contrast }) => contrast);
  return readCase({ patient: drawPatient(seed, wish), fracture, contrasts }, reader, 1).weberClass;
}

/** With Wilson's 95 % interval. */
function proportion(count: number, of: number): string {
  const z = 1.96;
  const share = count / of;
  const middle = (share + z ** 2 / (2 * of)) / (1 + z ** 2 / of);
  const half =
    (z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2))) / (1 + z ** 2 / of);
  return `${share.toFixed(3)} (${(middle - half).toFixed(3)} to ${(middle + half).toFixed(3)}), ${count} of ${of}`;
}

/** Cohen's, with the 95 % interval of its large-sample error. */
function kappaText(a: readonly string[], b: readonly string[]): string {
  const n = a.length;
  const share = (of: readonly string[], name: string) =>
    of.filter((each) => each === name).length / n;
  const agreed = a.filter((each, i) => each === b[i]).length / n;
  const chance = CLASSES.reduce((sum, name) => sum + share(a, name) * share(b, name), 0);
  const kappa = (agreed - chance) / (1 - chance);
  const half = (1.96 * Math.sqrt((agreed * (1 - agreed)) / n)) / (1 - chance);
  return `${kappa.toFixed(3)} (${(kappa - half).toFixed(3)} to ${(kappa + half).toFixed(3)}), n = ${n}`;
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
