/** The cases behind a report as a file beside its page, by which the reading room opens them. */
import { basename, join } from "node:path";
import {
  type ReportContent,
  type ReportedTest,
  shownFindings,
  type TestPatient,
} from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import type { Finding, ReportedPatient, ReportHead } from "@malleolus/schema";
import { shownFindings as bestFindings } from "../shown-findings.ts";
import type { FoundOnTests } from "./find-on-tests.ts";

type Outcome = ReportedTest["evaluation"]["outcomes"][number];
type Decision = ReportedTest["evaluation"]["settings"]["decision"];

/** What of a report is needed to find its cases. */
export interface ReportWithCases extends Pick<ReportContent, "title" | "subtitle" | "generatedAt"> {
  readonly tests: readonly Pick<ReportedTest, "id" | "name" | "evaluation">[];
}

/** Returns the file's path. */
export function writeReportCases(
  folder: string,
  { title, subtitle, generatedAt, tests }: ReportWithCases,
  { internal, external }: FoundOnTests,
): string {
  const head: ReportHead = {
    format: "malleolus-report-cases-1",
    title,
    subtitle,
    generatedAt,
    tests: tests.map(({ id, name, evaluation: { outcomes } }) => ({
      id,
      name,
      patients: outcomes.map(({ patient }) => patient),
      right: outcomes.filter(({ truth, prediction }) => truth === prediction.class).length,
    })),
  };
  const outcomes = new Map(
    tests
      .toReversed()
      .flatMap(({ evaluation }) =>
        evaluation.outcomes.map((outcome) => [
          outcome.patient,
          { outcome, decision: evaluation.settings.decision },
        ]),
      ),
  );
  const patients = new Map(
    [internal, external]
      .flatMap(({ difficult, easy }) => [...difficult, ...(easy ?? [])])
      .map((patient) => [patient.id, patient]),
  );
  const lines = [...patients.values()].flatMap((patient) => {
    const known = outcomes.get(patient.id);
    return known === undefined ? [] : [reportedPatient(patient, known.outcome, known.decision)];
  });
  const path = join(folder, "cases.jsonl");
  writeFileWhole(path, [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

function reportedPatient(
  patient: TestPatient,
  outcome: Outcome,
  decision: Decision,
): ReportedPatient {
  const shown = shownOn(patient, outcome, decision);
  return {
    patient: patient.id,
    truth: outcome.truth,
    called: outcome.prediction.class,
    scores: outcome.prediction.scores,
    images: patient.images.map(({ id, truths }, i) => ({
      // A file of the study is named for its hash.
      image: basename(id).replace(/\.[a-z]+$/, ""),
      truths:
        truths === null
          ? null
          : truths.map(({ class: name, polygons }) => ({ class: name, polygons: [...polygons] })),
      findings: shown[i],
    })),
  };
}

/** Of each view what is shown to whoever asks for the patient's answer; without a decision, the best few. */
export function shownOn(
  { images }: TestPatient,
  { prediction }: Outcome,
  decision: Decision,
): Finding[][] {
  const views = images.map(({ findings }) => findings);
  return decision === null ? views.map(bestFindings) : shownFindings(decision, prediction, views);
}
