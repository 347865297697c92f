/**
 * Screening a study's cases by their reports: one run, one transaction. A case with a reading, be it
 * one of three, stays as it is: people said what it shows. One without a report stays imported.
 */
import { createHash } from "node:crypto";
import { createReportScreener } from "@malleolus/data";
import {
  reportIdsColumn,
  type ScreeningDecision,
  screeningDecisionColumn,
} from "@malleolus/schema";
import type { Transaction } from "kysely";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import type { StudyTables } from "../database/tables.ts";
import type { Study } from "../study.ts";
import { joinReports } from "./decisions.ts";

export interface ScreeningCounts {
  readonly run: number;
  readonly screened: number;
  readonly moved: number;
  readonly withoutReport: number;
}

const SCREENABLE = [
  "imported",
  "candidate fracture",
  "candidate no fracture",
  "excluded by keyword",
] as const;

export async function screenCases(
  study: Study,
  who: string,
  onCase: (done: number, total: number) => void = () => undefined,
): Promise<ScreeningCounts> {
  const { screening } = study.protocol;
  const screener = createReportScreener(screening);
  const stamp: AuditStamp = { who, at: new Date().toISOString() };
  return inTransaction(study.database, async (transaction) => {
    const rules = JSON.stringify(screening);
    const { id: run } = await transaction
      .insertInto("screening_runs")
      .values({ ...stamp, rules, rules_sha256: createHash("sha256").update(rules).digest("hex") })
      .returning("id")
      .executeTakeFirstOrThrow();
    const cases = await transaction
      .selectFrom("cases")
      .select(["id", "state"])
      .where("state", "in", SCREENABLE)
      .where("id", "not in", (query) => query.selectFrom("readings").select("case_id"))
      .orderBy("id")
      .execute();
    const counts = { screened: 0, moved: 0, withoutReport: 0 };
    for (const [index, { id, state }] of cases.entries()) {
      const reports = await reportsOf(transaction, id);
      onCase(index + 1, cases.length);
      if (reports.length === 0) {
        counts.withoutReport++;
        continue;
      }
      const text = joinReports(reports.map((report) => report.text));
      const decision = screener.screen(text, reports[0].language);
      await keepDecision(transaction, run, id, reports, decision);
      counts.screened++;
      if (state === decision.state) continue;
      await transitionCase(transaction, {
        caseId: id,
        to: decision.state,
        why: reason(run, decision),
        ...stamp,
      });
      counts.moved++;
    }
    return { run, ...counts };
  });
}

interface ReportRow {
  readonly id: string;
  readonly text: string;
  readonly language: string | null;
}

/** A case's reports, oldest first: an addendum follows what it adds to. */
async function reportsOf(
  transaction: Transaction<StudyTables>,
  caseId: string,
): Promise<ReportRow[]> {
  return (
    transaction
      .selectFrom("reports")
      .select(["id", "text", "language"])
      .where("case_id", "=", caseId)
      .orderBy("at")
      // Of one file in its order.
      .orderBy("ordinal")
      .execute()
  );
}

async function keepDecision(
  transaction: Transaction<StudyTables>,
  run: number,
  caseId: string,
  reports: readonly ReportRow[],
  decision: ScreeningDecision,
): Promise<void> {
  await transaction
    .insertInto("screenings")
    .values({
      run_id: run,
      case_id: caseId,
      report_ids: reportIdsColumn.write(reports.map(({ id }) => id)),
      state: decision.state,
      code: decision.codes[0] ?? null,
      decision: screeningDecisionColumn.write(decision),
    })
    .execute();
}

/** `screening run 2: old-fracture by "old", "fracture", "tibial"` */
function reason(run: number, { codes, evidence }: ScreeningDecision): string {
  const words = evidence.flatMap((mention) =>
    [...mention.modifiers, mention.words, ...mention.sites].map(({ text }) => `"${text}"`),
  );
  const what = codes.length === 0 ? "" : ` ${codes.join(", ")}`;
  const by = words.length === 0 ? "" : ` by ${[...new Set(words)].join(", ")}`;
  return `screening run ${run}:${what}${by}`;
}
