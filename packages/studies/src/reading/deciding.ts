/**
 * Cases on whose class their readers differ, as whoever decides has them: a senior, whose own view is kept before a
 * reading is shown and who never gets a case that they read; or a surgeon in the panel's meeting, where all have read.
 * Readings come without names. What a decision does to the case is `resolve-readings.ts`' business.
 */
import { seededKey, seededOrder } from "@malleolus/random";
import type {
  DecidingCase,
  DecidingEntry,
  DecidingKind,
  DecidingReading,
  Decision,
  Panel,
} from "@malleolus/schema";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { findPerson, type Role } from "../people.ts";
import type { Study } from "../study.ts";
import { caseCode, caseLabel } from "../tasks/case-code.ts";
import { imagesOf } from "../tasks/worklist.ts";
import { decisionOf, requireDecision } from "./decision.ts";
import { readerImages, shownImage } from "./reader-case.ts";
import {
  adjudicateReading,
  differingReadings,
  recordConsensus,
  recordOwnView,
} from "./resolve-readings.ts";

export interface DecidingTask {
  readonly kind: DecidingKind;
  readonly caseId: string;
  readonly person: string;
  readonly code: string;
  /** Its place among the person's own, from 1, and their number. */
  readonly place: number;
  readonly of: number;
  readonly previous: string | null;
  readonly next: string | null;
}

const PANELS: Readonly<Record<DecidingKind, Panel>> = {
  adjudication: "curation",
  consensus: "reference",
};
const ROLES = [
  ["adjudication", "senior"],
  ["consensus", "surgeon"],
] as const satisfies readonly (readonly [DecidingKind, Role])[];

/** In an order of the person's own. */
export async function decidingList(study: Study, person: string): Promise<DecidingEntry[]> {
  const tasks = await decidingTasks(study, person);
  const images = await imagesOf(
    study,
    tasks.map(({ caseId }) => caseId),
  );
  return tasks.map(({ kind, caseId, code }) => ({
    kind,
    code,
    label: caseLabel(code),
    views: (images.get(caseId) ?? []).map(({ view }) => view),
  }));
}

/** @throws StudyError `not-found` for what is not this person's to decide, also for what they read themselves. */
export async function findDecidingTask(
  study: Study,
  person: string,
  code: string,
): Promise<DecidingTask> {
  const found = (await decidingTasks(study, person)).find((task) => task.code === code);
  if (found !== undefined) return found;
  throw new StudyError("not-found", "There is no such case to decide.");
}

export async function decidingCase(
  study: Study,
  secret: string,
  task: DecidingTask,
): Promise<DecidingCase> {
  const { kind, code, place, of, previous, next } = task;
  const images = await readerImages(study, secret, task);
  const views = images.map(({ facts }) => facts.view);
  const ownView = kind === "adjudication" ? await ownViewOf(study, task) : null;
  const isShown = kind === "consensus" || ownView !== null;
  return {
    kind,
    case: {
      code,
      label: caseLabel(code),
      queue: PANELS[kind],
      place,
      of,
      previous,
      next,
      images: images.map(shownImage),
      missing: study.protocol.views.filter((view) => !views.includes(view)),
      findings: null,
      state: "new",
      draft: null,
      submitted: null,
    },
    ownView,
    readings: isShown ? await readingsOf(study, task) : null,
  };
}

/**
 * What a senior sees before the readings are shown.
 *
 * @throws StudyError `transition` for a second one, and where a panel talks; `record` for a decision that the protocol
 *   does not know.
 */
export async function submitOwnView(
  study: Study,
  task: DecidingTask,
  { decision, seconds }: { readonly decision: Decision; readonly seconds: number },
): Promise<void> {
  const { kind, caseId, person } = task;
  requireDecision(study.protocol, decision);
  const at = new Date().toISOString();
  await inTransaction(study.database, async (transaction) => {
    const within = { ...study, database: transaction };
    if (kind === "consensus" || (await ownViewOf(within, task)) !== null) {
      throw new StudyError(
        "transition",
        "The readings of this case are shown already. Open it again and decide.",
      );
    }
    await recordOwnView(transaction, { caseId, who: person, ownView: decision, seconds, at });
  });
}

/**
 * What holds of the case.
 *
 * @throws StudyError `transition` for a senior whose own view is missing, and as `adjudicateReading` or
 *   `recordConsensus`.
 */
export async function decideCase(
  study: Study,
  task: DecidingTask,
  { decision, reason }: { readonly decision: Decision; readonly reason: string },
): Promise<void> {
  const given = { caseId: task.caseId, who: task.person, decision, why: reason };
  if (task.kind === "consensus") return recordConsensus(study, given);
  if ((await ownViewOf(study, task)) === null) {
    throw new StudyError("transition", "Record your own view first; the readings are shown then.");
  }
  return adjudicateReading(study, given);
}

async function decidingTasks(study: Study, person: string): Promise<DecidingTask[]> {
  const roles = findPerson(study, person)?.roles ?? [];
  const { seed } = study.protocol.splits;
  const found: { readonly kind: DecidingKind; readonly caseId: string; readonly key: string }[] =
    [];
  for (const [kind, role] of ROLES) {
    if (!roles.includes(role)) continue;
    const own = kind === "adjudication" ? await readBy(study, person) : new Set<string>();
    for (const caseId of (await differingReadings(study, PANELS[kind])).keys()) {
      if (!own.has(caseId))
        found.push({ kind, caseId, key: seededKey(seed, kind, person, caseId) });
    }
  }
  const ordered = found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const codes = ordered.map(({ key }) => caseCode(key));
  return ordered.map(({ kind, caseId }, index) => ({
    kind,
    caseId,
    person,
    code: codes[index],
    place: index + 1,
    of: ordered.length,
    previous: codes[index - 1] ?? null,
    next: codes[index + 1] ?? null,
  }));
}

/** Cases that somebody reads or has read, anywhere. */
async function readBy({ database }: Study, person: string): Promise<Set<string>> {
  const rows = await database
    .selectFrom("tasks")
    .select("case_id")
    .where("person", "=", person)
    .where("queue", "!=", "annotation")
    .execute();
  return new Set(rows.map(({ case_id }) => case_id));
}

async function ownViewOf(
  { database }: Study,
  { caseId, person }: DecidingTask,
): Promise<Decision | null> {
  const row = await database
    .selectFrom("readings")
    .select(["decision_kind", "decision_id"])
    .where("panel", "=", "senior")
    .where("case_id", "=", caseId)
    .where("reader", "=", person)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : decisionOf(row);
}

/** The last of each reader's, shuffled: whose is whose is not to be guessed. */
async function readingsOf(
  { database, protocol }: Study,
  { kind, caseId }: DecidingTask,
): Promise<DecidingReading[]> {
  const rows = await database
    .selectFrom("readings")
    .select(["reader", "decision_kind", "decision_id", "certainty", "note"])
    .where("panel", "=", PANELS[kind])
    .where("case_id", "=", caseId)
    .orderBy("revision")
    .execute();
  const latest = [...new Map(rows.map((row) => [row.reader, row])).values()];
  return seededOrder(
    latest,
    ({ reader }) => reader,
    protocol.splits.seed,
    `shuffled for ${caseId}`,
  ).flatMap(({ certainty, note, ...row }) => {
    const decision = decisionOf(row);
    return decision === null ? [] : [{ decision, certainty, note }];
  });
}
