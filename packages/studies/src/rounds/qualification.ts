/**
 * Rounds by which readers qualify: cases with a known class, each with its answer as soon as it is read. As long
 * as a reader has one that is not passed, nothing else is to be read; one that is failed is followed by another.
 *
 * What is told here is told of cases that have a verdict, and so take no more readings.
 */
import type { Decision } from "@malleolus/schema";
import type { Study } from "../study.ts";
import { type RoundKey, roundKey } from "./round-key.ts";

export interface Qualification {
  readonly key: RoundKey;
  readonly passShare: number;
  readonly cases: number;
  readonly read: number;
  readonly right: number;
  readonly passed: boolean;
}

/** Of one person, the oldest first. */
export async function qualificationsOf(
  { database }: Study,
  person: string,
): Promise<Qualification[]> {
  const rounds = await database
    .selectFrom("rounds")
    .select(["id", "pass_share"])
    .where("pass_share", "is not", null)
    .orderBy("id")
    .execute();
  const found = await Promise.all(
    rounds.map(async ({ id, pass_share }): Promise<Qualification> => {
      const key = roundKey(id);
      const rows = await database
        .selectFrom("tasks")
        .innerJoin("cases", "cases.id", "tasks.case_id")
        .select(["tasks.case_id", "tasks.done", "cases.class"])
        .where("tasks.queue", "=", key)
        .where("tasks.person", "=", person)
        .execute();
      const said = await latestDecisions(database, key, person);
      const read = rows.filter(({ done }) => done === 1);
      const right = read.filter((row) => isRight(said.get(row.case_id), row.class)).length;
      const passShare = pass_share ?? 0;
      const passed = read.length === rows.length && right >= passShare * rows.length;
      return { key, passShare, cases: rows.length, read: read.length, right, passed };
    }),
  );
  return found.filter(({ cases }) => cases > 0);
}

/**
 * Which queues are closed to somebody who has still to qualify; null where all are open. The latest
 * qualification counts.
 */
export async function onlyQueueOf(study: Study, person: string): Promise<RoundKey | null> {
  const last = (await qualificationsOf(study, person)).at(-1);
  return last === undefined || last.passed ? null : last.key;
}

/** What a reader is told of a case of a qualification; null for other rounds. */
export async function feedbackOf(
  { database }: Study,
  {
    key,
    caseId,
    decision,
  }: {
    readonly key: RoundKey;
    readonly caseId: string;
    readonly decision: Decision;
  },
): Promise<{ readonly right: boolean; readonly class: string } | null> {
  const row = await database
    .selectFrom("rounds")
    .innerJoin("cases", (join) => join.onTrue())
    .select(["rounds.pass_share", "cases.class"])
    .where("rounds.id", "=", Number(key.slice("round-".length)))
    .where("cases.id", "=", caseId)
    .executeTakeFirstOrThrow();
  if (row.pass_share === null || row.class === null) return null;
  return { right: isRight(decision, row.class), class: row.class };
}

function isRight(decision: Decision | undefined, known: string | null): boolean {
  return decision?.kind === "class" && decision.id === known;
}

async function latestDecisions(
  database: Study["database"],
  key: RoundKey,
  person: string,
): Promise<ReadonlyMap<string, Decision>> {
  const rows = await database
    .selectFrom("readings")
    .select(["case_id", "decision_kind", "decision_id"])
    .where("panel", "=", key)
    .where("reader", "=", person)
    .orderBy("revision")
    .execute();
  return new Map(
    rows.flatMap(({ case_id, decision_kind, decision_id }) =>
      decision_kind === null || decision_id === null
        ? []
        : [[case_id, { kind: decision_kind, id: decision_id }] as const],
    ),
  );
}
