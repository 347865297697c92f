/**
 * From readings to verdicts: by themselves where the readers agree, by a senior (curation) or by the
 * panel's talk (reference) where they do not.
 */
import type { Adjudication, Decision, Panel, Protocol } from "@malleolus/schema";
import { type AuditStamp, transitionCase } from "../cases/transition-case.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import type { StudyDatabase } from "../database/open-database.ts";
import { StudyError } from "../errors.ts";
import { requireRole } from "../people.ts";
import type { Study } from "../study.ts";
import { decisionOf, decisionText, requireDecision, sameDecision } from "./decision.ts";
import { nextRevision } from "./submit-reading.ts";
import { recordVerdict } from "./verdict.ts";

export interface ResolvedReadings {
  /** All readers said the same. */
  readonly agreed: number;
  /** More than half of the observers left the case out. */
  readonly excludedByMajority: number;
  /** Cases that need a senior, or the panel's talk. */
  readonly disagreements: readonly string[];
}

/** Closes every case that all have read and that needs no talk. */
export async function resolveReadings(
  study: Study,
  { panel, who }: { readonly panel: Panel; readonly who: string },
): Promise<ResolvedReadings> {
  const stamp: AuditStamp = { who, at: new Date().toISOString() };
  return inTransaction(study.database, async (transaction) => {
    const counts = { agreed: 0, excludedByMajority: 0 };
    const disagreements: string[] = [];
    for (const [caseId, decisions] of await completeReadings(transaction, panel)) {
      const found = resolve(decisions, panel, study.protocol);
      if (found === null) {
        disagreements.push(caseId);
        continue;
      }
      const agreed = found.how === "agreed";
      counts[agreed ? "agreed" : "excludedByMajority"]++;
      const why = `${decisions.length} readers: ${decisions.map(decisionText).join(", ")}`;
      await recordVerdict(transaction, {
        caseId,
        panel,
        ...found,
        ambiguous: !agreed,
        why,
        ...stamp,
      });
    }
    return { ...counts, disagreements };
  });
}

/** What was said last of every case that all of a panel have read, that needs a talk, and that has no verdict. */
export async function differingReadings(
  { database, protocol }: Study,
  panel: Panel,
): Promise<Map<string, readonly Decision[]>> {
  const complete = [...(await completeReadings(database, panel))];
  return new Map(complete.filter(([, decisions]) => resolve(decisions, panel, protocol) === null));
}

/**
 * A senior's decision on a case on which the observers did not agree. The case is `ambiguous`.
 *
 * @throws StudyError `person` for someone who is no senior or who read the case, `transition` where
 *   not all have read it.
 */
export async function adjudicateReading(study: Study, given: Adjudication): Promise<void> {
  const { caseId, who, decision, why, ownView } = given;
  requireRole(study, who, "senior");
  requireDecision(study.protocol, decision);
  if (ownView !== undefined) requireDecision(study.protocol, ownView);
  const at = new Date().toISOString();
  await inTransaction(study.database, async (transaction) => {
    await requireOutsider(transaction, caseId, who);
    const readings = (await completeReadings(transaction, "curation", caseId)).get(caseId);
    if (readings === undefined || resolve(readings, "curation", study.protocol) !== null) {
      const why =
        readings === undefined
          ? "a reading is missing, or the case has its verdict"
          : "its observers agree";
      throw new StudyError(
        "transition",
        `case ${caseId}: ${why}; there is nothing for a senior to decide`,
      );
    }
    if (ownView !== undefined) {
      const seconds = given.seconds ?? null;
      await recordOwnView(transaction, { caseId, who, ownView, seconds, at });
    }
    await recordVerdict(transaction, {
      caseId,
      panel: "curation",
      decision,
      how: "adjudicated",
      ambiguous: true,
      why,
      who,
      at,
    });
  });
}

/** What a senior sees in a case before the readings are shown; nothing is checked here. */
export async function recordOwnView(
  transaction: StudyTransaction,
  {
    caseId,
    who,
    ownView,
    seconds,
    at,
  }: AuditStamp & {
    readonly caseId: string;
    readonly ownView: Decision;
    readonly seconds: number | null;
  },
): Promise<void> {
  await transaction
    .insertInto("readings")
    .values({
      panel: "senior",
      case_id: caseId,
      reader: who,
      revision: await nextRevision(transaction, "senior", caseId, who),
      decision_kind: ownView.kind,
      decision_id: ownView.id,
      seconds,
      blind: 1,
      at,
    })
    .execute();
}

/** Opens a curated case again, by a senior and with a reason; its verdict stays in the history. */
export async function reopenReading(
  study: Study,
  { caseId, who, why }: { readonly caseId: string; readonly who: string; readonly why: string },
): Promise<void> {
  requireRole(study, who, "senior");
  const at = new Date().toISOString();
  await inTransaction(study.database, async (transaction) => {
    await transitionCase(transaction, { caseId, to: "read", who, at, why: `reopened: ${why}` });
    await transaction
      .updateTable("cases")
      .set({ class: null, exclusion: null, ambiguous: null })
      .where("id", "=", caseId)
      .execute();
  });
}

/**
 * What the surgeons' talk came to on a test case; any of them records it. The case is `ambiguous`
 * where their first readings differed.
 *
 * @throws StudyError `person` or `transition`.
 */
export async function recordConsensus(
  study: Study,
  { caseId, who, decision, why }: Omit<Adjudication, "ownView" | "seconds">,
): Promise<void> {
  requireRole(study, who, "surgeon");
  requireDecision(study.protocol, decision);
  const at = new Date().toISOString();
  await inTransaction(study.database, async (transaction) => {
    const readings = (await completeReadings(transaction, "reference", caseId)).get(caseId);
    if (readings === undefined) {
      throw new StudyError(
        "transition",
        `case ${caseId}: a surgeon's reading is missing, or the panel has decided; there is no consensus to record`,
      );
    }
    const ambiguous = readings.some((one) => !sameDecision(one, readings[0]));
    await recordVerdict(transaction, {
      caseId,
      panel: "reference",
      decision,
      how: "consensus",
      ambiguous,
      why,
      who,
      at,
    });
  });
}

/** The decisions of every case that all have read and that has no verdict. */
async function completeReadings(
  database: StudyDatabase,
  panel: Panel,
  caseId?: string,
): Promise<Map<string, Decision[]>> {
  const rows = await database
    .selectFrom("tasks")
    .innerJoin("cases", "cases.id", "tasks.case_id")
    .innerJoin("readings", (join) =>
      join
        .onRef("readings.panel", "=", "tasks.queue")
        .onRef("readings.case_id", "=", "tasks.case_id")
        .onRef("readings.reader", "=", "tasks.person"),
    )
    .where("tasks.queue", "=", panel)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("tasks as left")
            .select("left.case_id")
            .whereRef("left.queue", "=", "tasks.queue")
            .whereRef("left.case_id", "=", "tasks.case_id")
            .where("left.done", "=", 0),
        ),
      ),
    )
    .$if(caseId !== undefined, (all) => all.where("tasks.case_id", "=", caseId ?? ""))
    .$if(panel === "curation", (all) => all.where("cases.state", "=", "read"))
    .$if(panel === "reference", (all) =>
      all.where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("verdicts")
              .select("verdicts.revision")
              .where("verdicts.panel", "=", panel)
              .whereRef("verdicts.case_id", "=", "tasks.case_id"),
          ),
        ),
      ),
    )
    .select([
      "tasks.case_id",
      "tasks.person",
      "readings.decision_kind",
      "readings.decision_id",
      "readings.revision",
    ])
    .orderBy("tasks.case_id")
    .orderBy("tasks.seat")
    .orderBy("readings.revision")
    .execute();
  const latest = new Map<string, Map<string, Decision | null>>();
  for (const row of rows) {
    const own = latest.get(row.case_id) ?? new Map<string, Decision | null>();
    latest.set(row.case_id, own.set(row.person, decisionOf(row)));
  }
  return new Map(
    [...latest].map(([id, decisions]) => [
      id,
      [...decisions.values()].filter((one) => one !== null),
    ]),
  );
}

/** Null where they have to talk. A test case is never left out by majority: its panel talks. */
function resolve(
  decisions: readonly Decision[],
  panel: Panel,
  protocol: Protocol,
): { readonly decision: Decision; readonly how: "agreed" | "majority" } | null {
  const [first] = decisions;
  if (decisions.every((one) => sameDecision(one, first))) return { decision: first, how: "agreed" };
  const codes = decisions.filter(({ kind }) => kind === "exclusion").map(({ id }) => id);
  if (panel === "reference" || codes.length * 2 <= decisions.length) return null;
  const votes = (code: string) => codes.filter((one) => one === code).length;
  // Of codes with as many votes, the one that stands first in the protocol.
  const ranked = protocol.exclusions.map(({ id }) => id).toSorted((a, b) => votes(b) - votes(a));
  return { decision: { kind: "exclusion", id: ranked[0] }, how: "majority" };
}

/** Whoever reads the case anywhere, in a round or before a panel, does not decide on the others' readings. */
async function requireOutsider(
  transaction: StudyTransaction,
  caseId: string,
  who: string,
): Promise<void> {
  const task = await transaction
    .selectFrom("tasks")
    .select("case_id")
    .where("queue", "!=", "annotation")
    .where("case_id", "=", caseId)
    .where("person", "=", who)
    .executeTakeFirst();
  if (task === undefined) return;
  throw new StudyError(
    "person",
    `case ${caseId}: expected a senior who did not read it, got ${who}; another senior decides`,
  );
}
