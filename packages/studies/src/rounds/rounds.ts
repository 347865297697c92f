/**
 * Reading rounds: some people read some cases once more, for agreement between and within readers. A share
 * of the cases comes twice; who reads cannot tell which, since as many others come for the first time only when these
 * come again. A round may show a model's findings, with every case
 * read both ways where it is crossed, or be one by which readers qualify. Not for readers' eyes.
 */
import { seededOrder } from "@malleolus/random";
import type { CaseState, Round, RoundModel, RoundRequest } from "@malleolus/schema";
import type { AuditStamp } from "../cases/transition-case.ts";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { qualificationsOf } from "./qualification.ts";
import { NEVER, type RoundKey, repeatOf, roundKey } from "./round-key.ts";

/** States of cases that nobody would read. */
const UNREADABLE: readonly CaseState[] = ["imported", "excluded by keyword"];
/** SQLite takes 32,766 values. */
const BATCH = 5000;
const READING_ROLES = new Set(["observer", "senior", "surgeon"]);

/** A request without what a round need not say. */
export type NewRound = Omit<RoundRequest, "requestId" | "model" | "passShare"> &
  Partial<Pick<RoundRequest, "model" | "passShare">>;

/**
 * Gives the cases out at once.
 *
 * @throws StudyError `record`, or `assignment` where there are too few cases.
 */
export async function createRound(
  study: Study,
  request: NewRound,
  { who, at }: AuditStamp,
): Promise<Round> {
  for (const person of request.people) requireReader(study, person);
  const { name, seed, washoutDays, model = "never", passShare = null } = request;
  if (passShare !== null && model !== "never") {
    throw new StudyError("record", "A qualification shows no model. Make it two rounds.");
  }
  const repeatShare = passShare !== null ? 0 : model === "crossed" ? 1 : request.repeatShare;
  return inTransaction(study.database, async (transaction) => {
    const { id } = await transaction
      .insertInto("rounds")
      .values({
        name,
        repeat_share: repeatShare,
        washout_days: washoutDays,
        seed,
        model,
        pass_share: passShare,
        at,
        who,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    const key = roundKey(id);
    const people = [...new Set(request.people)];
    const candidates =
      passShare === null
        ? await transaction
            .selectFrom("cases")
            .select("id")
            .where("state", "not in", UNREADABLE)
            .execute()
        : await knownCases(transaction, people);
    const count = request.cases ?? candidates.length;
    if (count > candidates.length || count === 0) {
      throw new StudyError(
        "assignment",
        `A round of ${count} cases needs as many candidates, the study has ${candidates.length}` +
          (passShare === null
            ? "."
            : " whose class is known and that these people have not to read."),
      );
    }
    const ids = candidates.map((one) => one.id);
    const chosen = seededOrder(ids, (one) => one, seed, key).slice(0, count);
    const repeats = Math.round(count * repeatShare);
    await addTasks(transaction, key, chosen, people, seed);
    for (const person of people) {
      const again = seededOrder(chosen, (one) => one, seed, `${key} again ${person}`);
      await addTasks(transaction, repeatOf(key), again.slice(0, repeats), [person], seed);
      // Without a washout nothing comes later; crossed, everything comes again, and nothing is left to hold back.
      const held = washoutDays === 0 ? 0 : repeats;
      await holdBack(transaction, key, person, again.slice(repeats, repeats + held));
    }
    await transaction
      .updateTable("tasks")
      .set({ opens_at: NEVER })
      .where("queue", "=", repeatOf(key))
      .execute();
    for (const person of people) await showModel(transaction, { key, person, model, seed }, chosen);
    const told = { name, people, cases: count, repeats, washoutDays, seed, model, passShare };
    return { key, ...told, passed: [], at, who };
  });
}

/** Until repeats open: `round-readings.ts`. */
async function holdBack(
  transaction: StudyTransaction,
  key: RoundKey,
  person: string,
  cases: readonly string[],
): Promise<void> {
  for (let start = 0; start < cases.length; start += BATCH) {
    await transaction
      .updateTable("tasks")
      .set({ opens_at: NEVER })
      .where("queue", "=", key)
      .where("person", "=", person)
      .where("case_id", "in", cases.slice(start, start + BATCH))
      .execute();
  }
}

/** Cases with a verdict that none of these people has still to read: a class that is told must tell nothing. */
async function knownCases(
  transaction: StudyTransaction,
  people: readonly string[],
): Promise<{ readonly id: string }[]> {
  return transaction
    .selectFrom("cases")
    .select("id")
    .where("class", "is not", null)
    .where("state", "not in", UNREADABLE)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("tasks")
            .select("tasks.case_id")
            .whereRef("tasks.case_id", "=", "cases.id")
            .where("tasks.person", "in", people)
            .where("tasks.done", "=", 0),
        ),
      ),
    )
    .execute();
}

/** Crossed: half of the cases first with the model, and the others when they come again. */
async function showModel(
  transaction: StudyTransaction,
  given: {
    readonly key: RoundKey;
    readonly person: string;
    readonly model: RoundModel;
    readonly seed: number;
  },
  cases: readonly string[],
): Promise<void> {
  const { key, person, model, seed } = given;
  if (model === "never") return;
  const order = seededOrder(cases, (one) => one, seed, `${key} model ${person}`);
  const half = model === "crossed" ? Math.floor(order.length / 2) : order.length;
  const repeats = model === "crossed" ? order.slice(half) : order;
  for (const [queue, shown] of [
    [key, order.slice(0, half)],
    [repeatOf(key), repeats],
  ] as const) {
    for (let start = 0; start < shown.length; start += BATCH) {
      await transaction
        .updateTable("tasks")
        .set({ with_model: 1 })
        .where("queue", "=", queue)
        .where("person", "=", person)
        .where("case_id", "in", shown.slice(start, start + BATCH))
        .execute();
    }
  }
}

/** Oldest first. */
export async function listRounds(study: Study): Promise<Round[]> {
  const { database } = study;
  const rounds = await database.selectFrom("rounds").selectAll().orderBy("id").execute();
  return Promise.all(
    rounds.map(async (round) => {
      const { id, name, repeat_share, washout_days, seed, model, pass_share, at, who } = round;
      const key = roundKey(id);
      const tasks = await database
        .selectFrom("tasks")
        .select(({ fn }) => ["person", fn.countAll<number>().as("cases")])
        .where("queue", "=", key)
        .groupBy("person")
        .orderBy("person")
        .execute();
      const cases = Number(tasks[0]?.cases ?? 0);
      const people = tasks.map(({ person }) => person);
      const passed = pass_share === null ? [] : await whoPassed(study, key, people);
      return {
        key,
        name,
        people,
        cases,
        repeats: Math.round(cases * repeat_share),
        washoutDays: washout_days,
        seed,
        model,
        passShare: pass_share,
        passed,
        at,
        who,
      };
    }),
  );
}

async function whoPassed(
  study: Study,
  key: RoundKey,
  people: readonly string[],
): Promise<string[]> {
  const passed = await Promise.all(
    people.map(async (person) =>
      (await qualificationsOf(study, person)).some((one) => one.key === key && one.passed),
    ),
  );
  return people.filter((_, index) => passed[index]);
}

/** Who can be given a round, in the configuration's order. */
export function readersOf({
  configuration,
}: Study): { readonly id: string; readonly name: string }[] {
  return configuration.observers
    .filter(({ roles }) => roles.some((role) => READING_ROLES.has(role)))
    .map(({ id, name }) => ({ id, name }));
}

function requireReader(study: Study, person: string): void {
  if (readersOf(study).some(({ id }) => id === person)) return;
  throw new StudyError(
    "record",
    `"${person}" is no observer, senior or surgeon of malleolus.toml. Choose people who read.`,
  );
}
