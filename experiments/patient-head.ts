/**
 * Whether a head that attends to the regions of all views of a patient decides better than the calibrated decision and
 * the sum of scores, once `paper-study.ts` has ended:
 *
 *     node experiments/patient-head.ts OUT KEPT [PER_CLASS, 75] [TO]
 *
 * OUT is the folder that `paper-study.ts` has filled; KEPT holds what was seen of radiographs, so that a call that was cut
 * goes on, and `chosen-….json`: what the tuning patients have decided, written before the tests are looked at, after which
 * the first call ends. Its files are named for the detector, the segmentation and the phantom's version. The same command
 * again looks at the tests and writes `patient-head.md`, `patient-head-comparisons.csv` and `patient-head-patients.csv`
 * into TO, `experiments/paper-study` unless another is named.
 *
 * Whom the heads learn from. The detector has learned from the study's training radiographs: what it says of them is
 * surer than what it says of anybody later, and a head that learned from it would trust it too much. So heads are
 * trained on 4 x PER_CLASS further simulated patients of the machine inside (a seed of their own), labelled by simulated
 * observers and a senior as the study's patients are; the tuning patients choose weight decay, epoch and temperature.
 * The calibrated decision is fitted on those further patients, too, so that the gain of patients is not taken for that of
 * a head. A hospital has no further patients: heads that learned from the 76 tuning patients alone, by folds, stand beside.
 *
 * The rule, set before anything was measured: the head with the least log loss on the tuning patients, each judged by a
 * choice without them, wins if that is less than the study's decision has (each patient left out) and less than the
 * decision fitted on the further patients has, both by 95 % intervals of the paired differences (bootstrap over
 * patients) that lie below 0. The penalty of both decisions was chosen by all tuning patients, a bias in their favour.
 *
 * Long because the choice and the look at the tests share the patients, what was seen of them, and the deciders.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  answerOf,
  bootstrap,
  decidePatient,
  evaluationDefaults,
  fitDecision,
  fitWeights,
  outcomesUnder,
  patientLevel,
  shownFindings,
  type TestPatient,
  type TuningPatient,
  weberClassAt,
} from "@malleolus/evaluation";
import { openDetector, shippedPreliminary } from "@malleolus/networks";
import { PHANTOM_VERSION } from "@malleolus/phantom";
import { fileSha256, findDetector } from "@malleolus/runs";
import { ankleClassification, type PatientDecision, readJson } from "@malleolus/schema";
import { closeStudy, openStudy } from "@malleolus/studies";
import {
  answersOf,
  type ChosenHead,
  chooseHead,
  chooseOwnHead,
  foldsOf,
} from "./patient-head-fit.ts";
import {
  type FurtherPatient,
  furtherPatients,
  type StudyPatients,
  simulatedTruths,
  testedParts,
  tuningPatients,
} from "./patient-head-patients.ts";
import { openRadiographs } from "./patient-head-radiographs.ts";
import {
  type Chosen,
  chosenSchema,
  comparedPart,
  comparisonsCsv,
  type HeadReport,
  patientsCsv,
  type Said,
  summaryText,
} from "./patient-head-summary.ts";
import { ARMS, momentsOf, type SeenPatient, tokensOf } from "./patient-head-tokens.ts";

const [out, kept, perClass = "75", to = join(import.meta.dirname, "paper-study")] =
  process.argv.slice(2);
const preliminary = shippedPreliminary();
if (kept === undefined || preliminary === null || !existsSync(join(out, "report.json"))) {
  console.error("usage: node experiments/patient-head.ts OUT KEPT [PER_CLASS, 75] [TO]");
  console.error(
    "OUT is the folder of an ended paper-study.ts; the preliminary networks are needed",
  );
  process.exit(2);
}

const classes = ankleClassification.classes.map(({ id }) => id);
const { noFractureClass, zonesMm } = ankleClassification;
const fractures = classes.filter((name) => name !== noFractureClass);
const CALIBRATED = "calibrated";
const REFITTED = "calibrated, further patients";
const OWN = "trained on the tuning patients";

mkdirSync(kept, { recursive: true });
const detector = findDetector(join(out, "run")).path;
const detectorSha256 = await fileSha256(detector);
const decision = decisionOf(detector);
const segmenterSha256 = await fileSha256(preliminary.segmentation);
const keptOf = (what: string, extension: string) =>
  join(
    kept,
    `${what}-${detectorSha256.slice(0, 12)}-${segmenterSha256.slice(0, 12)}-phantom-${PHANTOM_VERSION}.${extension}`,
  );
const source = openRadiographs({
  detector,
  segmenter: preliminary.segmentation,
  kept: keptOf("seen", "jsonl"),
});
const study = await openStudy(join(out, "study"));
try {
  const further = await furtherPatients(source, {
    perClass: Number(perClass),
    kept: keptOf("further", "jsonl"),
  });
  const tuning = await tuningPatients(study, source);
  const moments = momentsOf(further);
  const setOf = (patients: readonly SeenPatient[], arm: (typeof ARMS)[number]) =>
    tokensOf(patients, arm, moments, classes);
  const refitted = refittedOn(further);

  const path = keptOf("chosen", "json");
  if (!existsSync(path)) {
    const chosen = choose(further, tuning, refitted, setOf);
    writeFileSync(path, `${JSON.stringify(chosen, null, 2)}\n`);
    console.log(JSON.stringify(chosen, null, 2));
    console.log("chosen by the tuning patients; the same command again looks at the tests");
  } else {
    const chosen = readJson(chosenSchema, readFileSync(path, "utf8"), path);
    const [expected, got] = [chosen, { further: further.length, tuning: tuning.seen.length }].map(
      (one) => `${one.further} further and ${one.tuning} tuning patients`,
    );
    if (got !== expected) {
      throw new Error(
        `${path}: expected ${expected}, by whom it was chosen, got ${got}; name another KEPT, or the PER_CLASS of then`,
      );
    }
    const report = await lookAtTests(further, tuning, refitted, chosen, setOf);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, "patient-head.md"), summaryText(report));
    writeFileSync(join(to, "patient-head-comparisons.csv"), comparisonsCsv(report));
    writeFileSync(join(to, "patient-head-patients.csv"), patientsCsv(report));
  }
} finally {
  await closeStudy(study);
  source.close();
}

type SetOf = (
  patients: readonly SeenPatient[],
  arm: (typeof ARMS)[number],
) => ReturnType<typeof tokensOf>;

function decisionOf(path: string): PatientDecision {
  const opened = openDetector(path);
  opened.close();
  if (opened.decision !== null) return opened.decision;
  throw new Error(`${path}: expected a detector with a decision, got one without; calibrate it`);
}

/** The study's decision with what decides between classes fitted on other patients, at its own penalty. */
function refittedOn(patients: readonly SeenPatient[]): PatientDecision {
  const { penalty } = decision.fittedOn;
  const wanted = { classes, noFractureClass };
  return { ...decision, ...fitWeights(patients.map(testedOf), wanted, penalty) };
}

/** As a test takes patients; nobody has outlined anything. */
function testedOf({ id, class: name, views }: SeenPatient): TuningPatient {
  const images = views.map(({ view, seen: { analysis } }) => ({
    id: `${id} ${view}`,
    view,
    width: 1,
    height: 1,
    truths: null,
    ...analysis,
  }));
  return { id, class: name, ambiguous: null, images };
}

function choose(
  further: readonly FurtherPatient[],
  tuning: StudyPatients<TuningPatient>,
  refitted: PatientDecision,
  setOf: SetOf,
): Chosen {
  const truths = tuning.seen.map((one) => classes.indexOf(one.class));
  const again = fitDecision(tuning.patients, { classes, noFractureClass });
  // Of each class in the order of its patients, by a decision without them.
  const left = new Map(classes.map((name) => [name, [...(again.ownProbabilities?.[name] ?? [])]]));
  const calibrated = tuning.seen.map(
    (one) => -Math.log(left.get(one.class)?.shift() ?? Number.NaN),
  );
  const byFurther = tuning.patients.map(({ images }) =>
    classes.map((name) => decidePatient(refitted, images).probabilities[name]),
  );
  const refittedLosses = byFurther.map((own, i) => -Math.log(own[truths[i]]));
  const figuresOf = (probabilities: readonly (readonly number[])[]) => {
    const losses = probabilities.map((own, i) => -Math.log(own[truths[i]]));
    const less = (others: readonly number[]) => {
      const [estimate] = bootstrap(
        losses.map((loss, i) => loss - others[i]),
        (sample) => [sample.reduce((sum, one) => sum + one, 0) / sample.length],
        { seed: 1, resamples: 2000 },
      );
      return estimate;
    };
    const right = probabilities.filter(
      (own, i) => answerOf(classes, noFractureClass, own).class === classes[truths[i]],
    ).length;
    return {
      logLoss: losses.reduce((sum, one) => sum + one, 0) / losses.length,
      right,
      lessCalibrated: less(calibrated),
      lessRefitted: less(refittedLosses),
    };
  };
  const tried = (name: string, { choice, tuned }: ChosenHead) => {
    process.stderr.write(`${name}: ${choice.epochs} epochs\n`);
    return { name, choice, ...figuresOf(tuned) };
  };
  const heads = ARMS.map((arm) =>
    tried(arm.name, chooseHead(setOf(further, arm), setOf(tuning.seen, arm), classes.length)),
  );
  const own = ARMS.map((arm) =>
    tried(`${arm.name}, ${OWN}`, chooseOwnHead(setOf(tuning.seen, arm), classes.length)),
  );
  const best = heads.reduce((least, one) => (one.logLoss < least.logLoss ? one : least));
  const isBelow = ({ interval }: { interval: readonly [number, number] | null }) =>
    interval !== null && interval[1] < 0;
  return {
    format: "malleolus-patient-head-choice-1",
    at: new Date().toISOString(),
    detectorSha256,
    further: further.length,
    tuning: truths.length,
    isSameDecision: again.fittedOn.sha256 === decision.fittedOn.sha256,
    calibrated: {
      logLoss: again.fittedOn.leaveOneOut.logLoss,
      right: Math.round(again.fittedOn.leaveOneOut.accuracy * truths.length),
    },
    refitted: figuresOf(byFurther),
    heads,
    own,
    best: best.name,
    hasWon: isBelow(best.lessCalibrated) && isBelow(best.lessRefitted),
  };
}

async function lookAtTests(
  further: readonly FurtherPatient[],
  tuning: StudyPatients<TuningPatient>,
  refitted: PatientDecision,
  chosen: Chosen,
  setOf: SetOf,
): Promise<HeadReport> {
  const parts = await testedParts(study, source);
  const truths = await simulatedTruths(study, join(out, "archive"));
  const heads = new Map<string, number[][][]>();
  for (const arm of ARMS) {
    const looks = parts.map(({ seen }) => setOf(seen, arm));
    const training = { [arm.name]: further, [`${arm.name}, ${OWN}`]: tuning.seen };
    for (const [name, patients] of Object.entries(training)) {
      const { choice } = [...chosen.heads, ...chosen.own].find((one) => one.name === name) ?? {};
      if (choice === undefined) throw new Error(`internal: nothing was chosen of ${name}`);
      heads.set(name, answersOf(setOf(patients, arm), choice, looks, classes.length));
    }
  }
  const compared = parts.flatMap(({ name, patients, seen }, part) => {
    const said = new Map([
      ...rulesOf(patients),
      [REFITTED, saidUnder("calibrated", patients, refitted)] as const,
      ["weber from geometry", byGeometry(patients, seen)] as const,
      ...[...heads].map(([head, answers]) => [head, saidBy(patients, answers[part])] as const),
    ]);
    const known = patients.map(({ id, class: panel }) => {
      const truth = truths.get(id);
      if (truth === undefined) throw new Error(`internal: ${id} is not from the archive`);
      return { id, panel, ...truth };
    });
    const against = name.endsWith("difficult")
      ? (["the panel", "what was simulated"] as const)
      : (["the panel"] as const);
    return against.map((whose) => comparedPart(name, whose, known, said, chosen.best));
  });
  return {
    chosen,
    tests: compared,
    further: crossFitted(further, chosen, setOf),
    plafond: plafondOf(further),
  };
}

/** By the study's decision, or the same fitted on other patients; or by the sum of scores. */
function saidUnder(
  rule: "calibrated" | "sum",
  patients: readonly TestPatient[],
  own: PatientDecision,
): Said {
  const settings = { ...evaluationDefaults, classes, noFractureClass, decision: own };
  const outcomes = outcomesUnder(rule, patients, settings);
  return new Map(
    outcomes.map(({ patient, prediction }) => [
      patient,
      { class: prediction.class, score: prediction.fractureScore },
    ]),
  );
}

/** What both rules of the study say. */
function rulesOf(patients: readonly TestPatient[]): [string, Said][] {
  return [
    [CALIBRATED, saidUnder("calibrated", patients, decision)],
    ["sum", saidUnder("sum", patients, decision)],
  ];
}

/** Whether there is a fracture as the study's decision has it; of which class by millimetres, where there are any. */
function byGeometry(patients: readonly TestPatient[], seen: readonly SeenPatient[]): Said {
  return new Map(
    seen.map(({ id, views }, i) => {
      const analyses = views.map((one) => one.seen.analysis);
      const answer = decidePatient(decision, analyses);
      const shown = shownFindings(
        decision,
        answer,
        analyses.map(({ findings }) => findings),
      );
      const level = patientLevel(
        views.flatMap((one, view) => (shown[view].length === 0 ? [] : (one.seen.level ?? []))),
      );
      const name =
        answer.class === noFractureClass || level === null
          ? answer.class
          : weberClassAt(level, zonesMm, fractures);
      if (patients[i].id !== id) throw new Error("internal: patients are out of order");
      return [id, { class: name, score: answer.fractureProbability - 0.5 }];
    }),
  );
}

function saidBy(
  patients: readonly { readonly id: string }[],
  probabilities: readonly (readonly number[])[],
): Said {
  return new Map(
    patients.map(({ id }, i) => {
      const answer = answerOf(classes, noFractureClass, probabilities[i]);
      return [id, { class: answer.class, score: answer.fractureProbability - 0.5 }];
    }),
  );
}

/** The further patients, each by heads and a decision that did not learn from their fifth. */
function crossFitted(
  further: readonly FurtherPatient[],
  chosen: Chosen,
  setOf: SetOf,
): HeadReport["further"] {
  const FOLDS = 5;
  const known = further.map(({ id, class: panel, simulated, visibleOn }) => ({
    id,
    panel,
    simulated,
    visibleOn,
  }));
  const tested = further.map(testedOf);
  const said = new Map<string, Said>(rulesOf(tested));
  const places = [...further.keys()];
  const folds = foldsOf(setOf(further, ARMS[0]), places, FOLDS);
  const without = (held: readonly number[]) => further.filter((_, i) => !held.includes(i));
  const gathered = (answer: (held: readonly number[]) => Said): Said =>
    new Map(folds.flatMap((held) => [...answer(held)]));
  said.set(
    REFITTED,
    gathered((held) => {
      const fitted = refittedOn(without(held));
      const own = held.map((place) => tested[place]);
      return saidUnder("calibrated", own, fitted);
    }),
  );
  for (const arm of ARMS) {
    const { choice } = chosen.heads.find(({ name }) => name === arm.name) ?? {};
    if (choice === undefined) throw new Error(`internal: nothing was chosen of ${arm.name}`);
    said.set(
      arm.name,
      gathered((held) => {
        const own = held.map((place) => further[place]);
        const [answers] = answersOf(
          setOf(without(held), arm),
          choice,
          [setOf(own, arm)],
          classes.length,
        );
        return saidBy(own, answers);
      }),
    );
  }
  return (["the panel", "what was simulated"] as const).map((whose) =>
    comparedPart("further patients", whose, known, said, chosen.best),
  );
}

function plafondOf(further: readonly FurtherPatient[]): HeadReport["plafond"] {
  const all = further.flatMap(({ plafondErrorsMm }) => plafondErrorsMm);
  const known = all
    .filter((error) => error !== null)
    .map(Math.abs)
    .toSorted((a, b) => a - b);
  const at = (share: number) => known[Math.floor(share * (known.length - 1))];
  return { radiographs: all.length, known: known.length, medianMm: at(0.5), ninetiethMm: at(0.9) };
}
