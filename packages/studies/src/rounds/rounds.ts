/**
 * Reading rounds: some people read some cases once more, for agreement between and within readers. A share
 * of the cases comes twice; who reads cannot tell which. Not for readers' eyes.
 */
import { seededOrder } from "@malleolus/random";
import type { CaseState, Round, RoundRequest } from "@malleolus/schema";
import type { AuditStamp } from "../cases/transition-case.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";

import type { Study } from "../study.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { NEVER, repeatOf, roundKey } from "./round-key.ts";

/** States of cases that nobody would read. */
const UNREADABLE: readonly CaseState[] = ["imported", "excluded by keyword"];
const READING_ROLES = new Set(["observer", "senior", "surgeon"]);

/**
 * Gives the cases out at once.
 *
 * @throws StudyError `record`, or `assignment` where there are too few cases.
 */
export async function createRound(
  study: Study,
  request: Omit<RoundRequest, "requestId">,
  { who, at }: AuditStamp,
): Promise<Round> {
  for (const person of request.people) requireReader(study, person);
  const { name, seed, repeatShare, washoutDays } = request;
  return inTransaction(study.database, async (transaction) => {
    const { id } = await transaction
      .insertInto("rounds")
      .values({
        name,
        repeat_share: repeatShare,
        washout_days: washoutDays,
        seed,
        at,
        who,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const key = roundKey(id);
    const candidates = await transaction
      .selectFrom("cases")
      .select("id")
      .where("state", "not in", UNREADABLE)
      .execute();
    const count = request.cases ?? candidates.length;
    if (count > candidates.length || count === 0) {
      throw new StudyError(
        "assignment",
        `A round of ${count} cases needs as many candidates, the study has ${candidates.length}.`,
      );
    }
    const ids = candidates.map((one) => one.id);
    const chosen = seededOrder(ids, (one) => one, seed, key).slice(0, count);
    const repeats = Math.round(count * repeatShare);
    const people = [...new Set(request.people)];
    await addTasks(transaction, key, chosen, people, seed);
    for (const person of people) {
      const again = seededOrder(chosen, (one) => one, seed, `${key} again ${person}`);
      await addTasks(transaction, repeatOf(key), again.slice(0, repeats), [person], seed);
    }
    await transaction
      .updateTable("tasks")
      .set({ opens_at: NEVER })
      .where("queue", "=", repeatOf(key))
      .execute();
    return { key, name, people, cases: count, repeats, washoutDays, seed, at, who };
  });
}

/** Oldest first. */
export async function listRounds({ database }: Study): Promise<Round[]> {
  const rounds = await database.selectFrom("rounds").selectAll().orderBy("id").execute();
  return Promise.all(
    rounds.map(async ({ id, name, repeat_share, washout_days, seed, at, who }) => {
      const key = roundKey(id);
      const tasks = await database
        .selectFrom("tasks")
        .select(({ fn }) => ["person", fn.countAll<number>().as("cases")])
        .where("queue", "=", key)
        .groupBy("person")
        .orderBy("person")
        .execute();
      const cases = Number(tasks[0]?.cases ?? 0);
      return {
        key,
        name,
        people: tasks.map(({ person }) => person),
        cases,
        repeats: Math.round(cases * repeat_share),
        washoutDays: washout_days,
        seed,
        at,
        who,
      };
    }),
  );
}

function requireReader({ configuration }: Study, person: string): void {
  const found = configuration.observers.find(({ id }) => id === person);
  if (found?.roles.some((role) => READING_ROLES.has(role))) return;
  throw new StudyError(
    "record",
    `"${person}" is no observer, senior or surgeon of malleolus.toml. Choose people who read.`,
  );
}
