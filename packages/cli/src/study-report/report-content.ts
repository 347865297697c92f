/**
 * What the report of a study says of its tests, its readers and its flow: everything but what only its
 * caller knows, such as thresholds and how long it took.
 */
import {
  type Evaluation,
  evaluate,
  evaluationDefaults,
  type ReportContent,
  type ReportedReaders,
  type ReportedTest,
  readerAgreement,
  type TestPatient,
} from "@malleolus/evaluation";
import type { Panel, PatientDecision } from "@malleolus/schema";
import { readFlow, readingMatrix, type Study } from "@malleolus/studies";
import manifest from "../../package.json" with { type: "json" };
import type { FoundOnTest, FoundOnTests } from "./find-on-tests.ts";
import { galleryOf } from "./gallery.ts";

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
}

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

export function reportedTest(name: string, whose: string, evaluation: Evaluation): ReportedTest {
  const { patients, images } = evaluation;
  return {
    name,
    description: `${patients} patients, ${images} radiographs; the truth is set ${whose}.`,
    evaluation,
  };
}

/** Tests that nobody was drawn for are left out, and so are readers who have read nothing. */
export async function studyReport(given: StudyToReport): Promise<ReportContent> {
  const { study, found, decision, title, subtitle, simulated, software, training } = given;
  const evaluateTest = evaluatorOf(study, decision);
  const [internal, external] = [
    partsOf("Internal test", found.internal, evaluateTest),
    partsOf("External test", found.external, evaluateTest),
  ];
  return {
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
    tests: [...internal, ...external],
    readers: [
      ...(await agreementOf(study, "curation", "Observers, before the senior decides")),
      ...(await agreementOf(study, "reference", "Surgeons of the tests, before they talk")),
    ],
    gallery: [
      ...(await galleryPart(study, "Internal test", found.internal, internal)),
      ...(await galleryPart(study, "External test", found.external, external)),
    ],
    training,
    timings: [],
    commands: [],
  };
}

/** The draw as it was, and without its ambiguous patients. */
function partsOf(
  name: string,
  { difficult, easy, undecided }: FoundOnTest,
  evaluateTest: (patients: readonly TestPatient[]) => Evaluation,
): ReportedTest[] {
  if (difficult.length === 0) return [];
  const left = undecided === 0 ? "" : `, but for ${undecided} cases by the observers alone`;
  const truths = `by the reference panel and the annotators${left}`;
  return [
    reportedTest(`${name}, difficult`, truths, evaluateTest(difficult)),
    ...(easy === null ? [] : [reportedTest(`${name}, easy`, truths, evaluateTest(easy))]),
  ];
}

async function galleryPart(
  study: Study,
  name: string,
  { difficult }: FoundOnTest,
  [first]: readonly ReportedTest[],
) {
  return first === undefined ? [] : galleryOf(study, name, difficult, first.evaluation);
}

async function agreementOf(study: Study, panel: Panel, name: string): Promise<ReportedReaders[]> {
  const { readers, rows } = await readingMatrix(study, panel);
  if (rows.length === 0) return [];
  const ratings = rows.map(({ decisions }) => decisions.map((decision) => decision?.id ?? null));
  return [{ name, agreement: readerAgreement(readers, ratings, evaluationDefaults) }];
}

function namesOf({ protocol, configuration }: Study): Record<string, string> {
  const named = [...protocol.classes, ...protocol.exclusions, ...configuration.hospitals];
  return Object.fromEntries(named.map(({ id, name }) => [id, name]));
}
