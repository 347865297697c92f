/**
 * What another machine costs a detector that has seen one hospital's: simulated patients of other machines beside the same
 * patients by the machine inside (`other-machines-archive.ts`), tuning patients, and tests.
 *
 *     node experiments/other-machines.ts KEPT IMAGES ARCHIVE TUNING[,TEST...] CHECKPOINT [SECOND]
 *
 * TUNING and every TEST are sets of a study, as `malleolus export` writes them, whose files lie in IMAGES; ARCHIVE is what
 * `other-machines-archive.ts` has left. A SECOND detector is held against the first on the same patients. Each has a
 * decision of its own, fitted on the tuning patients, who are each judged by one without them. What is seen of a radiograph is
 * kept in KEPT. Prints Markdown; half a second a radiograph and detector on one core with AVX2.
 */
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import {
  aucOf,
  bootstrap,
  compareDeciders,
  type Decider,
  decidePatient,
  type Evaluation,
  evaluate,
  evaluationDefaults,
  fitDecision,
  proportionOf,
  type TuningPatient,
} from "@malleolus/evaluation";
import { openDetector } from "@malleolus/networks";
import { fileSha256 } from "@malleolus/runs";
import {
  ankleClassification,
  type PatientAnswer,
  type PatientDecision,
  type RadiographAnalysis,
  radiographAnalysisSchema,
  readJson,
} from "@malleolus/schema";
import { z } from "zod";
import { mean, median } from "./figures.ts";
import { eachLeftOut, patientsOf, readStudySet, type StudySet } from "./frozen-heads-patients.ts";
import { OVERLAPS, withDifferences } from "./frozen-heads-tables.ts";
import { wholeLines } from "./kept-lines.ts";
import { adjusted, area, counts, number, share, table } from "./paper-study-summary.ts";

const [kept, folder, archive, sets, ...checkpoints] = process.argv.slice(2);
if (checkpoints.length === 0 || checkpoints.length > 2) {
  console.error(
    "usage: node experiments/other-machines.ts KEPT IMAGES ARCHIVE TUNING[,TEST...] CHECKPOINT [SECOND]",
  );
  process.exit(2);
}

const { noFractureClass } = ankleClassification;
const wanted = { classes: ankleClassification.classes.map(({ id }) => id), noFractureClass };
const lineSchema = z.strictObject({ key: z.string(), analysis: radiographAnalysisSchema });

interface Looker {
  readonly name: string;
  analyze(path: string): Promise<RadiographAnalysis>;
  close(): void;
}

mkdirSync(kept, { recursive: true });
const lookers: Looker[] = [];
for (const [i, checkpoint] of checkpoints.entries()) {
  lookers.push(await lookerOf(["the first", "the second"][i], checkpoint));
}
const [tuningPath, ...tests] = sets.split(",");
const tuning = await measuredSet("Tuning patients", tuningPath, folder);
const decisions = tuning.patients.map((own) => fitDecision(own, wanted));
print(
  tuning.name,
  tuning.radiographs,
  rowsOf(tuning, (patients, decision) => eachLeftOut(patients, wanted, decision)),
);
const [byOther, byInside] = await Promise.all(
  ["other", "inside"].map(async (own) => {
    const path = join(archive, own, "set.json");
    return existsSync(path) ? await measuredSet(own, path, dirname(path)) : null;
  }),
);
if (byOther !== null) {
  const other = rowsOf(byOther, decided);
  print("Other machines", byOther.radiographs, other);
  if (byInside !== null) {
    const inside = rowsOf(byInside, decided);
    print("The same patients by the machine inside", byInside.radiographs, inside);
    const pairs = other.map((row, i): [Row, Row] => [
      { ...inside[i], name: `${row.name}, inside` },
      { ...row, name: `${row.name}, other machines` },
    ]);
    console.log(["Other machines less the machine inside:", pairsTable(pairs)].join("\n\n"));
  }
}
for (const path of tests) {
  const set = await measuredSet(basename(path), path, folder);
  print(set.name, set.radiographs, rowsOf(set, decided));
  const fewer = asOutside(set);
  if (fewer.radiographs < set.radiographs) {
    print(`${set.name}, AP and lateral alone`, fewer.radiographs, rowsOf(fewer, decided));
  }
}
for (const one of lookers) one.close();

async function lookerOf(name: string, checkpoint: string): Promise<Looker> {
  const path = join(kept, `${(await fileSha256(checkpoint)).slice(0, 12)}.jsonl`);
  const known = new Map(
    wholeLines(path).map((line, i) => {
      const { key, analysis } = readJson(lineSchema, line, `${path}, line ${i + 1}`);
      return [key, analysis];
    }),
  );
  const detector = openDetector(checkpoint);
  return {
    name,
    async analyze(file) {
      const before = known.get(file);
      if (before !== undefined) return before;
      const analysis = detector.analyze(await readRadiograph(file));
      known.set(file, analysis);
      appendFileSync(path, `${JSON.stringify({ key: file, analysis })}\n`);
      return analysis;
    },
    close: () => detector.close(),
  };
}

interface MeasuredSet {
  readonly name: string;
  readonly radiographs: number;
  /** The same patients, as each detector sees them. */
  readonly patients: readonly (readonly TuningPatient[])[];
}

async function measuredSet(name: string, path: string, images: string): Promise<MeasuredSet> {
  const set = await readStudySet(path, images);
  const patients: TuningPatient[][] = [];
  for (const looker of lookers) patients.push(await seenBy(looker, set));
  return { name, radiographs: set.images.length, patients };
}

/** The views that the hospital outside takes. */
function asOutside({ name, patients }: MeasuredSet): MeasuredSet {
  const fewer = patients.map((own) =>
    own.map((one) => ({
      ...one,
      images: one.images.filter(({ view }) => view === "ap" || view === "lateral"),
    })),
  );
  return { name, patients: fewer, radiographs: fewer[0].flatMap(({ images }) => images).length };
}

async function seenBy(looker: Looker, set: StudySet): Promise<TuningPatient[]> {
  const seen = [];
  for (const image of set.images) {
    seen.push({ image, analysis: await looker.analyze(image.path) });
    if (seen.length % 40 === 0) console.error(`${looker.name}: ${seen.length} of a set`);
  }
  return patientsOf(seen, set, ({ analysis }) => analysis);
}

function decided(patients: readonly TuningPatient[], decision: PatientDecision): PatientAnswer[] {
  return patients.map(({ images }) => decidePatient(decision, images));
}

interface Row {
  readonly name: string;
  readonly patients: readonly {
    readonly id: string;
    readonly class: string;
    readonly answer: PatientAnswer;
  }[];
  readonly fractures: Evaluation["fractures"];
  readonly inVain: string;
}

function rowsOf(
  set: MeasuredSet,
  answersOf: (patients: readonly TuningPatient[], decision: PatientDecision) => PatientAnswer[],
): Row[] {
  return set.patients.map((patients, k) => {
    const decision = decisions[k];
    const answers = answersOf(patients, decision);
    // Intervals are of the tables' own bootstrap.
    const options = { ...evaluationDefaults, ...wanted, decision, resamples: 1 };
    const { fractures, falsePositiveRadiographs } = evaluate(patients, options);
    return {
      name: lookers[k].name,
      patients: patients.map((one, i) => ({ id: one.id, class: one.class, answer: answers[i] })),
      fractures,
      inVain: share(falsePositiveRadiographs),
    };
  });
}

function print(name: string, radiographs: number, rows: readonly Row[]): void {
  const [first, second] = rows;
  console.log(
    [
      `## ${name}: ${first.patients.length} patients, ${radiographs} radiographs`,
      patientsTable(rows),
      ...(second === undefined ? [] : [pairsTable([[first, second]])]),
      boxesTable(rows),
    ].join("\n\n"),
  );
}

type AnsweredPatient = Row["patients"][number];

function lossOf({ class: truth, answer }: AnsweredPatient): number {
  return -Math.log(answer.probabilities[truth]);
}

function patientsTable(rows: readonly Row[]): string {
  return table(
    [
      "detector",
      "class right",
      "any fracture: sensitivity",
      "specificity",
      "AUC",
      "log loss",
      "wrong",
    ],
    rows.map(({ name, patients }) => {
      const isBroken = (one: AnsweredPatient) => one.class !== noFractureClass;
      const isCalled = ({ answer }: AnsweredPatient) => answer.class !== noFractureClass;
      const shareOf = (some: typeof patients, is: (one: AnsweredPatient) => boolean) =>
        share(proportionOf(some.filter(is).length, some.length));
      const scores = patients.map(({ answer }) => answer.fractureProbability);
      const [loss] = bootstrap(patients.map(lossOf), (sample) => [mean(sample)], OVERLAPS);
      const wrong = Map.groupBy(
        patients.filter((one) => one.class !== one.answer.class),
        (one) => `${one.class} called ${one.answer.class}`,
      );
      return [
        name,
        shareOf(patients, (one) => one.answer.class === one.class),
        shareOf(patients.filter(isBroken), isCalled),
        shareOf(
          patients.filter((one) => !isBroken(one)),
          (one) => !isCalled(one),
        ),
        area(aucOf(scores, patients.map(isBroken))),
        number(loss.value, loss.interval, 3),
        [...wrong].map(([what, own]) => `${own.length} ${what}`).join(", "),
      ];
    }),
  );
}

/** Of each pair the second less the first, on the same patients. */
function pairsTable(rows: readonly (readonly [Row, Row])[]): string {
  const pairs = compareDeciders(
    rows.map(([first, second]) => [deciderOf(second), deciderOf(first)]),
  );
  return table(
    [
      "pair",
      "right: both, first only, second only, neither",
      "class right: difference",
      "p after Holm (alone)",
      "AUC: difference",
      "p after Holm (alone)",
      "log loss: difference",
    ],
    pairs.map((pair, i) => {
      const [first, second] = rows[i];
      const before = new Map(first.patients.map((one) => [one.id, lossOf(one)]));
      const less = second.patients.map((one) => lossOf(one) - (before.get(one.id) ?? Number.NaN));
      const [loss] = bootstrap(less, (sample) => [mean(sample)], OVERLAPS);
      return [
        `${pair.first} − ${pair.second}`,
        counts(pair),
        number(pair.accuracy.difference, pair.accuracy.interval),
        adjusted(pair.accuracyHolmP, pair.accuracy.exactP),
        number(pair.areas?.difference ?? null, pair.areas?.interval ?? null),
        adjusted(pair.areasHolmP, pair.areas?.p ?? null),
        number(loss.value, loss.interval, 3),
      ];
    }),
  );
}

function deciderOf({ name, patients }: Row): Decider {
  const answers = patients.map((one) => {
    const isRight = one.answer.class === one.class;
    const positive = one.class !== noFractureClass;
    return [one.id, { isRight, positive, score: one.answer.fractureProbability }] as const;
  });
  return { name, answers: new Map(answers) };
}

function boxesTable(rows: readonly Row[]): string {
  const [{ fractures: all }] = rows;
  const groups = [...Map.groupBy(all.keys(), (place) => all[place].patient).values()];
  const pairs = rows.slice(1).map(({ name }) => [name, rows[0].name] as const);
  const { own, less } = withDifferences(rows, pairs, groups, OVERLAPS, (places) =>
    rows.map(({ fractures }) => {
      const sample = places.map((place) => fractures[place].found?.boxIou ?? null);
      const found = sample.filter((iou) => iou !== null);
      return [
        found.length / sample.length,
        median(found),
        mean(found),
        median(sample.map((iou) => iou ?? 0)),
        mean(sample.map((iou) => Number((iou ?? 0) >= 0.75))),
      ];
    }),
  );
  const said = (estimates: (typeof own)[number]) =>
    estimates.map(({ value, interval }) => number(value, interval, 3));
  return table(
    [
      "boxes",
      "found",
      "share",
      "box IoU of the found, median",
      "mean",
      "median, missed as 0",
      "of all from 0.75",
      "a box on radiographs of the sound",
    ],
    [
      ...rows.map(({ name, fractures, inVain }, i) => {
        const found = fractures.filter((one) => one.found !== null).length;
        return [name, `${found} of ${fractures.length}`, ...said(own[i]), inVain];
      }),
      ...pairs.map(([name, than], i) => [`${name} − ${than}`, "", ...said(less[i]), ""]),
    ],
  );
}
