/** The latest screening decision of each case, with the deciding words. */
import {
  reportIdsColumn,
  type ScreeningDecision,
  screeningDecisionColumn,
} from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

export interface ScreenedCaseRow {
  readonly caseId: string;
  readonly hospital: string;
  readonly decision: ScreeningDecision;
}

const PAGE = 1000;

/** Every case that was screened, by its latest run, in the order of the cases' ids. */
export async function* latestDecisions({ database }: Study): AsyncGenerator<ScreenedCaseRow> {
  let after = "";
  for (;;) {
    const rows = await database
      .selectFrom("screenings")
      .innerJoin("cases", "cases.id", "screenings.case_id")
      .innerJoin("patients", "patients.id", "cases.patient_id")
      .select(["screenings.case_id", "patients.hospital", "screenings.decision"])
      .where("screenings.case_id", ">", after)
      .where("screenings.run_id", "=", ({ selectFrom }) =>
        selectFrom("screenings as later")
          .whereRef("later.case_id", "=", "screenings.case_id")
          .select(({ fn }) => fn.max("later.run_id").as("run_id")),
      )
      .orderBy("screenings.case_id")
      .limit(PAGE)
      .execute();
    for (const { case_id, hospital, decision } of rows) {
      const where = `screening of case ${case_id}`;
      yield { caseId: case_id, hospital, decision: screeningDecisionColumn.read(decision, where) };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.case_id;
  }
}

/** The words that decided, in the order in which they stand: `no fracture`, `old … fracture`. */
export function decidingWords({ evidence }: ScreeningDecision): string {
  if (evidence.length === 0) return "";
  const { modifiers, words, sites } = evidence[0];
  const inOrder = [...modifiers, words, ...sites].toSorted((a, b) => a.start - b.start);
  let said = "";
  let at = -1;
  for (const { start, end, text } of inOrder) {
    if (start < at) continue;
    const isNext = start - at <= 1;
    said += `${said === "" ? "" : isNext ? " " : " … "}${text.toLowerCase().replaceAll(/\s+/g, " ")}`;
    at = end;
  }
  return said;
}

export interface WordCount {
  /** A state, or an exclusion code. */
  readonly predicted: string;
  readonly words: string;
  readonly count: number;
}

export interface DecisionSummary {
  /** Cases whose report calls a fracture no more than possible. */
  readonly uncertain: number;
  /** The most frequent first. */
  readonly words: readonly WordCount[];
}

export async function summarizeDecisions(study: Study): Promise<DecisionSummary> {
  const counts = new Map<string, { predicted: string; words: string; count: number }>();
  let uncertain = 0;
  for await (const { decision } of latestDecisions(study)) {
    if (decision.uncertain) uncertain++;
    const predicted = decision.codes[0] ?? decision.state;
    const words = decidingWords(decision);
    if (words === "") continue;
    const key = `${predicted}\0${words}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { predicted, words, count: 1 });
    else known.count++;
  }
  const words = [...counts.values()].toSorted(
    (a, b) => b.count - a.count || (a.words < b.words ? -1 : 1),
  );
  return { uncertain, words };
}

export interface CaseExplanation {
  readonly caseId: string;
  readonly hospital: string;
  /** Where the case is now, which somebody may have changed since it was screened. */
  readonly state: string;
  readonly run: number;
  readonly decision: ScreeningDecision;
  /** The reports in which the decision's words count. */
  readonly text: string;
}

/** @throws StudyError `source` where no case or several have this id, or it was never screened. */
export async function explainCase({ database }: Study, given: string): Promise<CaseExplanation> {
  const isId = /^[\d.]*$/.test(given);
  const found = database
    .selectFrom("cases")
    .innerJoin("patients", "patients.id", "cases.patient_id")
    .select(["cases.id", "cases.state", "patients.hospital"])
    .where("cases.id", "like", `%${given}`)
    .limit(2);
  const cases = isId ? await found.execute() : [];
  if (cases.length !== 1) {
    const got = cases.length === 0 ? "none" : "several";
    throw new StudyError(
      "source",
      `${given}: expected a case's id or its last digits, got ${got}; ` +
        "screen --list candidates prints the ids",
    );
  }
  const [{ id, state, hospital }] = cases;
  const screening = await database
    .selectFrom("screenings")
    .select(["run_id", "decision", "report_ids"])
    .where("case_id", "=", id)
    .orderBy("run_id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (screening === undefined) {
    throw new StudyError(
      "source",
      `case ${id} is "${state}" and was never screened; import its report, then screen`,
    );
  }
  const where = `screening ${screening.run_id} of case ${id}`;
  const reportIds = reportIdsColumn.read(screening.report_ids, where);
  const reports = await database
    .selectFrom("reports")
    .select(["id", "text"])
    .where("id", "in", reportIds)
    .execute();
  const textOf = new Map(reports.map((report) => [report.id, report.text]));
  return {
    caseId: id,
    hospital,
    state,
    run: screening.run_id,
    decision: screeningDecisionColumn.read(screening.decision, where),
    text: joinReports(reportIds.map((report) => textOf.get(report) ?? "")),
  };
}

/** The text in which a decision's words count. */
export function joinReports(texts: readonly string[]): string {
  return texts.join("\n\n");
}
