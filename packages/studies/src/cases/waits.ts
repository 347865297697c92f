/**
 * What cases wait for: whose reading, whose annotation, which decision, or the next step of the study. It
 * tells who has still to do something and never what anybody said.
 */
import type { CaseState, Panel, WaitFor } from "@malleolus/schema";
import { anyOf } from "../database/any-of.ts";
import type { Queue } from "../database/tables.ts";
import type { Study } from "../study.ts";

export interface Wait {
  readonly for: WaitFor;
  /** Those who have it to do; empty where it is given to nobody yet, or is nobody's in particular. */
  readonly people: readonly string[];
}

const CANDIDATES: readonly CaseState[] = ["candidate fracture", "candidate no fracture"];
const TESTS: readonly CaseState[] = ["internal test", "external test"];
const ANNOTATED_FOR: readonly CaseState[] = [
  "preliminary training",
  "training",
  "tuning",
  ...TESTS,
];

/** By the case's id; a case that waits for nothing has an empty list. */
export async function waitsOf(
  study: Study,
  cases: readonly { readonly id: string; readonly state: CaseState }[],
): Promise<Map<string, Wait[]>> {
  const ids = cases.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const facts = await factsOf(study, ids);
  return new Map(cases.map(({ id, state }) => [id, waits(id, state, facts)]));
}

interface Facts {
  readonly withReport: ReadonlySet<string>;
  /** Given out, by queue and case. */
  readonly tasks: ReadonlyMap<
    string,
    readonly { readonly person: string; readonly done: number }[]
  >;
  readonly decidedByPanel: ReadonlySet<string>;
  readonly withTruth: ReadonlySet<string>;
}

function waits(id: string, state: CaseState, facts: Facts): Wait[] {
  if (state === "imported") return [nobody(facts.withReport.has(id) ? "screening" : "report")];
  if (CANDIDATES.includes(state)) return work("reading", "curation", "senior", id, facts);
  if (state === "read") return [nobody("senior")];
  const found: Wait[] = [];
  if (["agreed", "adjudicated", "annotated"].includes(state)) found.push(nobody("assignment"));
  if (TESTS.includes(state) && !facts.decidedByPanel.has(id)) {
    found.push(...work("panel", "reference", "talk", id, facts));
  }
  const isGiven = facts.tasks.has(keyOf("annotation", id));
  if ((ANNOTATED_FOR.includes(state) || isGiven) && !facts.withTruth.has(id)) {
    found.push(...work("annotation", "annotation", "outline decision", id, facts));
  }
  return found;
}

/** People's work; when all have done theirs, somebody's decision. */
function work(
  what: Wait["for"],
  queue: Queue,
  decision: Wait["for"],
  id: string,
  { tasks }: Facts,
): Wait[] {
  const given = tasks.get(keyOf(queue, id)) ?? [];
  const people = given.filter(({ done }) => done === 0).map(({ person }) => person);
  return given.length > 0 && people.length === 0
    ? [nobody(decision)]
    : [{ for: what, people: people.toSorted() }];
}

function nobody(what: Wait["for"]): Wait {
  return { for: what, people: [] };
}

function keyOf(queue: Queue, id: string): string {
  return `${queue} ${id}`;
}

async function factsOf({ database }: Study, ids: readonly string[]): Promise<Facts> {
  const reference: Panel = "reference";
  const own = anyOf(database, ids);
  const reports = await database
    .selectFrom("reports")
    .select("case_id")
    .distinct()
    .where("case_id", "in", own)
    .execute();
  const tasks = await database
    .selectFrom("tasks")
    .select(["queue", "case_id", "person", "done"])
    .where("case_id", "in", own)
    .execute();
  const held = await database
    .selectFrom("case_classes")
    .innerJoin("cases", "cases.id", "case_classes.case_id")
    .select(["case_classes.case_id", "case_classes.decided_by", "cases.annotated_at"])
    .where("case_classes.case_id", "in", own)
    .execute();
  return {
    withReport: new Set(reports.map(({ case_id }) => case_id)),
    tasks: Map.groupBy(tasks, ({ queue, case_id }) => keyOf(queue, case_id)),
    decidedByPanel: new Set(
      held.filter(({ decided_by }) => decided_by === reference).map(({ case_id }) => case_id),
    ),
    withTruth: new Set(
      held.filter(({ annotated_at }) => annotated_at !== null).map(({ case_id }) => case_id),
    ),
  };
}
