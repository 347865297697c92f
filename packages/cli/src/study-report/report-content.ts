/**
 * What the report of a study says of its tests, its readers and its flow: everything but what only its
 * caller knows, such as thresholds and how long it took.
 */
import {
  analyzeTest,
  type Evaluation,
  evaluate,
  evaluationDefaults,
  type GalleryPart,
  intraObserverAgreement,
  levelsOfTest,
  measurementAgreement,
  observerAgreement,
  outcomesUnder,
  outlineMeasures,
  type PeopleOnTest,
  type Provenance,
  type ReportContent,
  type ReportedReaders,
  type ReportedTest,
  readerAgreement,
  readerStudyResult,
  type TestPatient,
} from "@malleolus/evaluation";
import { ankleClassification, type PatientDecision } from "@malleolus/schema";
import {
  type MeasuredTable,
  measuredValues,
  type ReaderScore,
  type ReadingMatrix,
  type RoundMatrix,
  readFlow,
  readTestSets,
  roundMatrices,
  type Study,
  type TestSet,
} from "@malleolus/studies";
import manifest from "../../package.json" with { type: "json" };
import { type DescribedStudy, describeStudy } from "./described-sets.ts";
import { withChecklists } from "./filled-checklists.ts";
import type { FoundOnTest, FoundOnTests } from "./find-on-tests.ts";
import { galleryOf } from "./gallery.ts";
import { knownPatients } from "./known-truth.ts";
import { outlinesOf, readOutlines, type TestOutlines } from "./outlines-of-test.ts";
import { type KnownPeople, peopleOnTest, readPeople } from "./people-on-test.ts";
import { type PreliminaryToReport, preliminaryOf } from "./preliminary-of-study.ts";
import type { Separation } from "./separation.ts";
import { studyProvenance } from "./study-provenance.ts";

export interface StudyToReport {
  readonly study: Study;
  readonly found: FoundOnTests;
  /** How the detector decides a patient's class; null for one that was not taught. */
  readonly decision: PatientDecision | null;
  readonly title: string;
  readonly subtitle: string;
  readonly simulated: ReportContent["simulated"];
  /** Beside this program and Node. */
  readonly software: ReportContent["software"];
  readonly training: ReportContent["training"];
  readonly detector: Provenance["detector"];
  /** The run's folder; null where none is known. */
  readonly run: string | null;
  readonly separation: Separation;
  /** Classes of patients of whom more is known than the panel saw, by pseudonym; null without any. */
  readonly truth: ReadonlyMap<string, string> | null;
  /** People who read the tests' patients under several conditions; none where nobody did. */
  readonly readerScores: readonly ReaderScore[];
  /** What is known of the preliminary networks beside the study. */
  readonly preliminary: Pick<PreliminaryToReport, "reference" | "whose" | "selectionAudit">;
}

/** Who asks for what those who read and draw may not see: no person of the study. */
const REPORT = "the report";

/** One evaluation of patients, by the study's classes. */
export function evaluatorOf(
  { protocol }: Study,
  decision: PatientDecision | null,
): (patients: readonly TestPatient[]) => Evaluation {
  const settings = {
    ...evaluationDefaults,
    classes: protocol.classes.map(({ id }) => id),
    noFractureClass: protocol.noFractureClass,
    decision,
  };
  return (patients) => evaluate(patients, settings);
}

export interface TestToReport {
  readonly id: string;
  readonly name: string;
  /** By whom the truth is set. */
  readonly whose: string;
  readonly people: PeopleOnTest | null;
  readonly analyses: ReportedTest["analyses"];
  readonly outlines: ReportedTest["outlines"];
  readonly levels: ReportedTest["levels"];
  readonly published: ReportedTest["published"];
}

export function reportedTest(test: TestToReport, evaluation: Evaluation): ReportedTest {
  const { whose, ...rest } = test;
  const { patients, images } = evaluation;
  const description = `${patients} patients, ${images} radiographs; the truth is set ${whose}.`;
  return { ...rest, description, evaluation };
}

/** Tests that nobody was drawn for are left out, and so are readers who have read nothing. */
export async function studyReport(given: StudyToReport): Promise<ReportContent> {
  const { study, found, title, subtitle, simulated, software, training } = given;
  const people = await readPeople(study);
  const { curation, reference } = people.readings;
  const sets = await readTestSets(study);
  const drawn = await readOutlines(study);
  const described = await describeStudy(study);
  const tests = (where: "internal" | "external") =>
    testsOf(given, where, found[where], sets[where], people, described, drawn);
  const [internal, external] = [tests("internal"), tests("external")];
  return withChecklists(study, {
    title,
    subtitle,
    generatedAt: new Date().toISOString(),
    simulated,
    software: [
      { name: "Malleolus", version: manifest.version },
      ...software,
      { name: "Node", version: process.versions.node },
    ],
    names: namesOf(study),
    thresholds: [],
    flow: await readFlow(study),
    sets: described.sets,
    tests: [...internal, ...external, ...againstTruth(given)],
    readers: [
      ...agreementOf(study, curation, "Observers, before the senior decides", {
        measured: await measuredValues(study, "curation"),
      }),
      ...agreementOf(study, reference, "Surgeons of the tests, before they talk", {
        measured: await measuredValues(study, "reference"),
      }),
      ...(await roundMatrices(study)).flatMap((round) =>
        agreementOf(study, round, `Round "${round.name}"`, { repeated: round.repeats }),
      ),
    ],
    readerStudy: readerStudyOf(given),
    gallery: [
      ...(await galleryPart(study, found.internal, internal)),
      ...(await galleryPart(study, found.external, external)),
    ],
    preliminary: await preliminaryOf({ study, ...given.preliminary, viewer: REPORT }),
    training,
    provenance: await studyProvenance(study, given),
    checklists: [],
    timings: [],
    commands: [],
  });
}

/** The draw as it was, and without its ambiguous patients. */
function testsOf(
  { study, decision }: Pick<StudyToReport, "study" | "decision">,
  where: "internal" | "external",
  { difficult, easy, undecided }: FoundOnTest,
  sets: TestSet,
  people: KnownPeople,
  described: DescribedStudy,
  drawn: TestOutlines,
): ReportedTest[] {
  if (difficult.length === 0) return [];
  const left = undecided === 0 ? "" : `, but for ${undecided} cases by the observers alone`;
  const whose = `by the reference panel and the annotators${left}`;
  const evaluateTest = evaluatorOf(study, decision);
  const lacking = Object.values(sets.missing).reduce((sum, one) => sum + one, 0);
  const part = (kind: "difficult" | "easy", patients: readonly TestPatient[], cases: TestCases) => {
    const evaluation = evaluateTest(patients);
    const own = peopleOnTest(study, people, cases, evaluationDefaults);
    const scores = outcomesUnder("mean", patients, evaluation.settings);
    return reportedTest(
      {
        id: `${where}-${kind}`,
        name: `${where === "internal" ? "Internal" : "External"} test, ${kind}`,
        whose:
          kind === "easy" && lacking > 0
            ? `${whose}. The reserve is used up: ${lacking} ambiguous patients have no replacement`
            : whose,
        people: own,
        analyses: analyzeTest(
          evaluation,
          described.attributes,
          own,
          scores,
          described.imageAttributes,
        ),
        outlines: outlineMeasures(
          patients,
          drawn.spacings,
          outlinesOf(drawn, cases, study.protocol.noFractureClass),
          evaluation.settings,
        ),
        levels: isWeber(study.protocol)
          ? levelsOfTest(patients, evaluation, drawn.bones, study.protocol.zonesMm)
          : null,
        published: `${where} ${kind}`,
      },
      evaluation,
    );
  };
  return [
    part("difficult", difficult, sets.difficult),
    ...(easy === null || sets.easy === null ? [] : [part("easy", easy, sets.easy)]),
  ];
}

/** By the panel's truth of both tests. */
function readerStudyOf({
  study: { protocol },
  found,
  readerScores,
}: StudyToReport): ReportContent["readerStudy"] {
  if (readerScores.length === 0) return null;
  const patients = [found.internal, found.external].flatMap(({ difficult, easy }) => [
    ...difficult,
    ...(easy ?? []),
  ]);
  const hasFracture = patients.map(({ id, class: name }) => {
    return [id, name !== protocol.noFractureClass] as const;
  });
  return readerStudyResult(readerScores, new Map(hasFracture));
}

/** The same tests by the classes that are known otherwise, of the patients of whom they are. */
function againstTruth({ study, found, decision, truth }: StudyToReport): ReportedTest[] {
  if (truth === null) return [];
  const evaluateTest = evaluatorOf(study, decision);
  return (["internal", "external"] as const).flatMap((where) => {
    const { noFractureClass } = study.protocol;
    const patients = knownPatients(found[where].difficult, truth, noFractureClass);
    if (patients.length === 0) return [];
    const name = `${where === "internal" ? "Internal" : "External"} test, against the truth`;
    const whose = "by what is known otherwise; outlines are the annotators'";
    return [
      reportedTest(
        {
          id: `${where}-truth`,
          name,
          whose,
          people: null,
          analyses: null,
          outlines: null,
          levels: null,
          published: null,
        },
        evaluateTest(patients),
      ),
    ];
  });
}

type TestCases = TestSet["difficult"];

/** Whether the classes are those that millimetres above the plafond tell apart, low to high. */
function isWeber({ classes, noFractureClass }: Study["protocol"]): boolean {
  const fractures = (some: Study["protocol"]["classes"], none: string) =>
    some.flatMap(({ id }) => (id === none ? [] : [id])).join();
  const ankle = ankleClassification;
  return fractures(classes, noFractureClass) === fractures(ankle.classes, ankle.noFractureClass);
}

async function galleryPart(
  study: Study,
  { difficult }: FoundOnTest,
  [first]: readonly ReportedTest[],
): Promise<GalleryPart[]> {
  return first === undefined ? [] : galleryOf(study, first, difficult);
}

/** What readers may have said besides. */
interface MoreOfReaders {
  readonly repeated?: RoundMatrix["repeats"];
  readonly measured?: readonly MeasuredTable[];
}

function agreementOf(
  study: Study,
  { readers, rows }: ReadingMatrix,
  name: string,
  { repeated = [], measured = [] }: MoreOfReaders = {},
): ReportedReaders[] {
  if (rows.length === 0) return [];
  const ratings = rows.map(({ decisions }) => decisions.map((decision) => decision?.id ?? null));
  const { classes, exclusions } = study.protocol;
  const known = new Map(study.configuration.observers.map((one) => [one.id, one.name]));
  const names = readers.map((id) => known.get(id) ?? id);
  const observers = observerAgreement(
    names,
    ratings,
    classes.map(({ id }) => id),
    exclusions.map(({ id }) => id),
  );
  const agreement = readerAgreement(names, ratings, evaluationDefaults);
  const said = rows.map(({ patient }, i) => ({ patient, said: ratings[i] }));
  const repeats = repeated.map(({ patient, reader, first, second }) => ({
    patient,
    reader: known.get(reader) ?? reader,
    first: first.id,
    second: second.id,
  }));
  const all = [...classes, ...exclusions].map(({ id }) => id);
  const intra = intraObserverAgreement(repeats, all);
  const measurements = measured.map((table) =>
    measurementAgreement({
      ...table,
      readers: table.readers.map((id) => known.get(id) ?? id),
    }),
  );
  return [{ name, agreement, observers, rows: said, repeats, intra, measurements }];
}

function namesOf({ protocol, configuration }: Study): Record<string, string> {
  const named = [...protocol.classes, ...protocol.exclusions, ...configuration.hospitals];
  return Object.fromEntries(named.map(({ id, name }) => [id, name]));
}
