/**
 * How simulated readers and panels do on rendered cases: agreement with truth and with one another,
 * for `phantom-calibration.ts`. Panels are told on many more patients than anyone renders, each with
 * the fracture and the contrast of a rendered one.
 */
import {
  adjudicationOf,
  consensusOf,
  READER_ROLES,
  type ReadCase,
  type Reader,
  type Reading,
  readCase,
  samplePatient,
} from "@malleolus/phantom";

export const CLASSES = ["A", "B", "C", "none"] as const;
export type TrueClass = (typeof CLASSES)[number];

export interface KnownCase {
  readonly truth: TrueClass;
  readonly read: ReadCase;
}

export const OBSERVERS = readersOf("observer");
const SURGEONS = readersOf("surgeon");
const SENIOR: Reader = { name: "senior", ...READER_ROLES.senior };
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
const FIRST_LOOK = 1;
const SECOND_LOOK = 2;

type Answer = Reading["weberClass"];

function readersOf(role: keyof typeof READER_ROLES): Reader[] {
  return ["one", "two", "three"].map((name) => ({
    name: `${role} ${name}`,
    ...READER_ROLES[role],
  }));
}

export function reportReaders(cases: readonly KnownCase[]): void {
  const read = (reader: Reader, look = FIRST_LOOK) =>
    cases.map((each) => readCase(each.read, reader, look).weberClass);
  const answers = OBSERVERS.map((observer) => read(observer));
  for (const [r, { name }] of OBSERVERS.entries()) {
    console.log(`${name} agrees with truth: ${agreement(answers[r], cases)}`);
    console.log(`  sensitivity ${sensitivity(answers[r], cases)}`);
    console.log(`  specificity ${specificity(answers[r], cases)}`);
  }
  for (const [a, b] of PAIRS) {
    console.log(
      `kappa of ${OBSERVERS[a].name} and ${OBSERVERS[b].name}: ${kappaText(answers[a], answers[b])}`,
    );
    const seen = cases.flatMap(({ truth }, i) =>
      truth !== "none" && answers[a][i] !== "none" && answers[b][i] !== "none" ? [i] : [],
    );
    const [one, two] = [a, b].map((r) => seen.map((i) => answers[r][i]));
    console.log(`  of class, where both see a fracture that is there: ${kappaText(one, two)}`);
  }
  console.log(
    `kappa of ${OBSERVERS[0].name} with a second look alone: ${kappaText(answers[0], read(OBSERVERS[0], SECOND_LOOK))}`,
  );
  const ambiguous = cases.filter((_, i) => !unanimous(answers, i)).length;
  console.log(`ambiguous, any of three disagree: ${proportion(ambiguous, cases.length)}`);
  // Many readers of the same cases: what is left is how hard these cases happen to be.
  const many = Array.from({ length: 60 }, (_, i) => ({
    ...READER_ROLES.observer,
    name: `reader ${i}`,
  }));
  for (const name of CLASSES) {
    const own = cases.filter(({ truth }) => truth === name);
    const found = many.flatMap((reader) =>
      own.map((each) => readCase(each.read, reader, FIRST_LOOK).weberClass),
    );
    const shares = CLASSES.map(
      (as) => `${as} ${(found.filter((each) => each === as).length / found.length).toFixed(3)}`,
    );
    console.log(`60 readers call ${name}: ${shares.join(", ")} (n = ${own.length} cases)`);
  }
}

/** As in the demonstration: who agrees needs no talk. */
export function reportPanels(cases: readonly KnownCase[]): void {
  const answersOf = (readers: readonly Reader[]) =>
    readers.map((reader) =>
      cases.map((each) => readCase(each.read, reader, FIRST_LOOK).weberClass),
    );
  const [observed, operated] = [OBSERVERS, SURGEONS].map(answersOf);
  const curation = cases.map(({ read }, i) =>
    unanimous(observed, i)
      ? observed[0][i]
      : adjudicationOf(read, SENIOR, OBSERVERS, FIRST_LOOK).weberClass,
  );
  const reference = cases.map(({ read }, i) =>
    unanimous(operated, i) ? operated[0][i] : consensusOf(read, SURGEONS, SECOND_LOOK).weberClass,
  );
  for (const [name, answers] of [
    ["three observers with a senior", curation],
    ["a surgeon", operated[0]],
    ["three surgeons with a consensus", reference],
  ] as const) {
    console.log(`${name}: ${agreement(answers, cases)}`);
    console.log(`  sensitivity ${sensitivity(answers, cases)}`);
    console.log(`  specificity ${specificity(answers, cases)}`);
  }
  const talked = cases.flatMap((_, i) => (unanimous(operated, i) ? [] : [i]));
  const right = talked.filter((i) => reference[i] === cases[i].truth).length;
  console.log(`where surgeons differed, their consensus: ${proportion(right, talked.length)}`);
  const wrong = (answers: readonly Answer[], i: number) => answers[i] !== cases[i].truth;
  const count = (holds: (i: number) => boolean) => cases.filter((_, i) => holds(i)).length;
  const curationWrong = count((i) => wrong(curation, i));
  const bothWrong = count((i) => wrong(curation, i) && wrong(reference, i));
  const n = cases.length;
  console.log(`curation wrong: ${proportion(curationWrong, n)}`);
  console.log(
    `reference wrong: ${proportion(
      count((i) => wrong(reference, i)),
      n,
    )}`,
  );
  console.log(`both wrong: ${proportion(bothWrong, n)}`);
  console.log(`reference wrong where curation is: ${proportion(bothWrong, curationWrong)}`);
}

/** New patients with the fractures of rendered ones, of all classes as many. */
export function borrowed(cases: readonly KnownCase[], count: number, seed: string): KnownCase[] {
  const lenders = new Map(CLASSES.map((name) => [name, cases.filter((one) => one.truth === name)]));
  return Array.from({ length: count }, (_, i) => {
    const truth = CLASSES[i % CLASSES.length];
    const weberClass = truth === "none" ? null : truth;
    const patient = samplePatient(`${seed}/${i}`, { weberClass, exclusion: null });
    const own = lenders.get(truth) ?? [];
    const {
      fracture,
      contrasts,
      patient: lender,
    } = own[Math.floor(i / CLASSES.length) % own.length].read;
    const grown = patient.shape.scale / lender.shape.scale;
    const read: ReadCase = {
      patient,
      contrasts,
      fracture: fracture && {
        ...fracture,
        lowestMm: fracture.lowestMm * grown,
        highestMm: fracture.highestMm * grown,
      },
    };
    return { truth, read };
  });
}

function unanimous(answers: readonly (readonly Answer[])[], i: number): boolean {
  return answers.every((own) => own[i] === answers[0][i]);
}

function agreement(answers: readonly Answer[], cases: readonly KnownCase[]): string {
  return proportion(cases.filter(({ truth }, i) => truth === answers[i]).length, cases.length);
}

function sensitivity(answers: readonly Answer[], cases: readonly KnownCase[]): string {
  const own = answers.filter((_, i) => cases[i].truth !== "none");
  return proportion(own.filter((answer) => answer !== "none").length, own.length);
}

function specificity(answers: readonly Answer[], cases: readonly KnownCase[]): string {
  const own = answers.filter((_, i) => cases[i].truth === "none");
  return proportion(own.filter((answer) => answer === "none").length, own.length);
}

/** With Wilson's 95 % interval. */
export function proportion(count: number, of: number): string {
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
