/**
 * The tables of the paper's study, once `paper-study.ts` has ended: each test by the calibrated decision and by the
 * paper's literal rule, beside single observers and the paper's own figures, and every rule over views against every
 * other on the same patients. Started by hand; the radiographs of the tests are looked at once, which takes
 * minutes, and a second call takes seconds:
 *
 *     node experiments/paper-study-tables.ts OUT [TO]
 *
 * OUT is the folder that `paper-study.ts`, or `malleolus demo`, has filled. TO, `experiments/paper-study` unless another
 * is named, gets `summary.md`, `tests.csv`, `comparisons.csv`, `patients.csv` and `study.json`. What the
 * detector says of each radiograph is kept in OUT/tables.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type FoundOnTests,
  findOnTests,
  peopleOnTest,
  readPeople,
  whatWasFound,
} from "@malleolus/cli/demo";
import {
  compareDeciders,
  type Decider,
  evaluate,
  evaluationDefaults,
  everyPair,
  outcomesUnder,
  type PatientOutcome,
  type ReaderResult,
  readerResult,
  type TestPatient,
  viewRules,
} from "@malleolus/evaluation";
import { readJson } from "@malleolus/schema";
import { closeStudy, openStudy, readTestSets, type Study, type TestCase } from "@malleolus/studies";
import { type ComparedTest, DECISIONS, finishedStudySchema } from "./paper-study-compared.ts";
import { comparisonsCsv, patientsCsv, testsCsv } from "./paper-study-csv.ts";
import { summaryText } from "./paper-study-summary.ts";

const [out, to = join(import.meta.dirname, "paper-study")] = process.argv.slice(2);
if (out === undefined || !existsSync(join(out, "report.json"))) {
  console.error("usage: node experiments/paper-study-tables.ts OUT [TO]");
  console.error("OUT is the folder of an ended paper-study.ts, with its report.json");
  process.exit(2);
}
const reportPath = join(out, "report.json");
const finished = readJson(finishedStudySchema, readFileSync(reportPath, "utf8"), reportPath);

const study = await openStudy(join(out, "study"));
try {
  const output = {
    write: (text: string) => process.stdout.write(text),
    writeError: (text: string) => process.stderr.write(text),
  };
  const tests = await comparedTests(study, out);
  mkdirSync(to, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(to, name), text);
    output.write(`${join(to, name)}\n`);
  };
  write("summary.md", summaryText(finished, tests));
  write("tests.csv", testsCsv(tests));
  write("comparisons.csv", comparisonsCsv(tests));
  write("patients.csv", patientsCsv(tests));
  const { tests: _tests, ...about } = finished;
  write("study.json", `${JSON.stringify(about, null, 2)}\n`);
} finally {
  await closeStudy(study);
}

/** Against the panel's classes, all four; against what was simulated, the draws as they were. */
async function comparedTests(from: Study, folder: string): Promise<ComparedTest[]> {
  const source = await whatWasFound(
    from,
    { checkpoint: join(folder, "run"), out: join(folder, "tables"), json: true },
    { write: () => undefined, writeError: (text) => process.stderr.write(text) },
  );
  let found: FoundOnTests | null;
  try {
    found = await findOnTests({
      study: from,
      analyze: source.analyze,
      onImage(done, total, test) {
        if (done === total) process.stderr.write(`${total} radiographs of the ${test}\n`);
      },
    });
  } finally {
    source.close();
  }
  if (found === null) throw new Error("internal: nobody has stopped the tests");
  const [sets, people] = [await readTestSets(from), await readPeople(from)];
  const { protocol } = from;
  const settings = {
    ...evaluationDefaults,
    classes: protocol.classes.map(({ id }) => id),
    noFractureClass: protocol.noFractureClass,
    decision: source.decision,
  };
  const rules = source.decision === null ? viewRules : (["calibrated", ...viewRules] as const);
  const compared = (
    name: ComparedTest["name"],
    against: ComparedTest["against"],
    patients: readonly TestPatient[],
    readers: readonly ReaderResult[],
    annotators: ComparedTest["annotators"],
  ): ComparedTest => {
    const deciders = rules.map((rule) =>
      ruleDecider(rule, outcomesUnder(rule, patients, settings), protocol.noFractureClass),
    );
    const observers = readers.map((one) => readerDecider(one, protocol.noFractureClass));
    const decisions = deciders.filter(({ name: rule }) => DECISIONS.includes(rule));
    return {
      name,
      against,
      evaluation: evaluate(patients, settings),
      observers: readers,
      annotators,
      rules: compareDeciders(everyPair(distinct(deciders, patients))),
      besideObservers: compareDeciders(
        decisions.flatMap((rule) => observers.map((one): [Decider, Decider] => [rule, one])),
      ),
    };
  };
  return (["internal", "external"] as const).flatMap((where) => {
    const { difficult, easy } = found[where];
    const part = (
      kind: "difficult" | "easy",
      patients: readonly TestPatient[],
      cases: readonly TestCase[],
    ) => {
      const own = peopleOnTest(from, people, cases, settings);
      const observers = own.readers.filter(({ independent }) => independent);
      return compared(`${where} ${kind}`, "the panel", patients, observers, own.annotators);
    };
    const drawn = part("difficult", difficult, sets[where].difficult);
    const replaced =
      easy === null || sets[where].easy === null ? [] : [part("easy", easy, sets[where].easy)];
    return [drawn, ...replaced, againstTruth(where, difficult, drawn, compared)];
  });
}

/** With as many views of every patient the mean decides as the sum does, and is not compared twice. */
function distinct(rules: readonly Decider[], patients: readonly TestPatient[]): Decider[] {
  const views = new Set(patients.map(({ images }) => images.length));
  return rules.filter(({ name }) => name !== "mean" || views.size > 1);
}

/** The same patients and observers by the classes that the phantom gave them. */
function againstTruth(
  where: "internal" | "external",
  patients: readonly TestPatient[],
  { observers }: ComparedTest,
  compared: (
    name: ComparedTest["name"],
    against: ComparedTest["against"],
    patients: readonly TestPatient[],
    readers: readonly ReaderResult[],
    annotators: null,
  ) => ComparedTest,
): ComparedTest {
  const simulated = finished.tests.find(({ id }) => id === `${where}-simulated`);
  const classes = new Map(
    simulated?.evaluation.outcomes.map(({ patient, truth }) => [patient, truth]),
  );
  const truthOf = (patient: string): string => {
    const known = classes.get(patient);
    if (known !== undefined) return known;
    throw new Error(
      `${reportPath}: expected what was simulated of patient ${patient} in the test ` +
        `"${where}-simulated", got nothing; is it the report of this study?`,
    );
  };
  const { noFractureClass } = study.protocol;
  const readers = observers.map(({ name, readings }) =>
    readerResult(
      name,
      true,
      readings.map((one) => ({ ...one, truth: truthOf(one.patient) })),
      noFractureClass,
    ),
  );
  const known = patients.map((one) => ({ ...one, class: truthOf(one.id) }));
  return compared(`${where} difficult`, "what was simulated", known, readers, null);
}

function ruleDecider(name: string, outcomes: readonly PatientOutcome[], none: string): Decider {
  const answers = outcomes.map(({ patient, truth, prediction }) => {
    const positive = truth !== none;
    const isRight = truth === prediction.class;
    return [patient, { isRight, positive, score: prediction.fractureScore }] as const;
  });
  return { name, answers: new Map(answers) };
}

/** A reader has said a class, and no score. */
function readerDecider({ name, readings }: ReaderResult, none: string): Decider {
  const answers = readings.map(({ patient, truth, said }) => {
    const positive = truth !== none;
    return [patient, { isRight: truth === said, positive, score: null }] as const;
  });
  return { name, answers: new Map(answers) };
}
