/**
 * Who may see which reading. Everything that shows readings to a person goes through here: a reader
 * sees the own ones only until the case is closed, and a senior sees the others' without names.
 */

import { seededOrder } from "@malleolus/random";
import type { Decision, Panel } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { READERS } from "./assign-readers.ts";
import { decisionOf } from "./decision.ts";

export interface VisibleReading {
  readonly reader: string;
  readonly revision: number;
  /** Null where it was withdrawn. */
  readonly decision: Decision | null;
  readonly note: string | null;
  readonly seconds: number | null;
  readonly at: string;
}

export interface VisibleReadings {
  /** Every revision of the viewer's own, oldest first. */
  readonly own: readonly VisibleReading[];
  /** What the others say at last; null as long as the viewer may not know. */
  readonly others: readonly VisibleReading[] | null;
}

interface Question {
  readonly caseId: string;
  readonly panel: Panel;
  readonly viewer: string;
}

/**
 * A case's readings as one of its readers may see them: an observer sees the others' once the case
 * is closed, a surgeon once all surgeons have read it.
 */
export async function readingsVisibleTo(
  study: Study,
  question: Question,
): Promise<VisibleReadings> {
  const { caseId, panel, viewer } = question;
  requireRole(study, viewer, READERS[panel]);
  const rows = await readingsOf(study, panel, caseId);
  const own = rows.filter(({ reader }) => reader === viewer);
  if (!(await isRevealed(study, question))) return { own, others: null };
  const others = latestOf(rows).filter(({ reader }) => reader !== viewer);
  return { own, others };
}

/** What a senior sees of a case on which the observers do not agree: no names, in any order. */
export async function disagreementVisibleTo(
  study: Study,
  { caseId, viewer }: Omit<Question, "panel">,
): Promise<readonly { readonly decision: Decision; readonly note: string | null }[]> {
  requireRole(study, viewer, "senior");
  const { state } = await study.database
    .selectFrom("cases")
    .select("state")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  const isReader = (await taskOf(study, "curation", caseId, viewer)) !== undefined;
  if (state !== "read" || isReader) {
    throw new StudyError(
      "person",
      isReader
        ? `case ${caseId}: ${viewer} read it too; another senior decides`
        : `case ${caseId} is "${state}"; a senior sees it once all observers have read it`,
    );
  }
  const latest = latestOf(await readingsOf(study, "curation", caseId));
  const shuffled = seededOrder(
    latest,
    ({ reader }) => reader,
    study.protocol.splits.seed,
    `shuffled for ${caseId}`,
  );
  return shuffled.flatMap(({ decision, note }) => (decision === null ? [] : [{ decision, note }]));
}

async function readingsOf(
  { database }: Study,
  panel: Panel,
  caseId: string,
): Promise<VisibleReading[]> {
  const rows = await database
    .selectFrom("readings")
    .select(["reader", "revision", "decision_kind", "decision_id", "note", "seconds", "at"])
    .where("panel", "=", panel)
    .where("case_id", "=", caseId)
    .orderBy("reader")
    .orderBy("revision")
    .execute();
  return rows.map(({ decision_kind, decision_id, ...row }) => ({
    ...row,
    decision: decisionOf({ decision_kind, decision_id }),
  }));
}

function latestOf(rows: readonly VisibleReading[]): VisibleReading[] {
  return [...new Map(rows.map((row) => [row.reader, row])).values()];
}

async function isRevealed(study: Study, { caseId, panel, viewer }: Question): Promise<boolean> {
  if ((await taskOf(study, panel, caseId, viewer)) === undefined) return false;
  if (panel === "reference") {
    const left = await study.database
      .selectFrom("tasks")
      .select("person")
      .where("queue", "=", panel)
      .where("case_id", "=", caseId)
      .where("done", "=", 0)
      .executeTakeFirst();
    return left === undefined;
  }
  const { state } = await study.database
    .selectFrom("cases")
    .select("state")
    .where("id", "=", caseId)
    .executeTakeFirstOrThrow();
  return !["candidate fracture", "candidate no fracture", "read"].includes(state);
}

function taskOf({ database }: Study, panel: Panel, caseId: string, person: string) {
  return database
    .selectFrom("tasks")
    .select("done")
    .where("queue", "=", panel)
    .where("case_id", "=", caseId)
    .where("person", "=", person)
    .executeTakeFirst();
}
