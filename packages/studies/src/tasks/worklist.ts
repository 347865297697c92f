/**
 * A person's open cases, in an order of their own. Nothing in it tells how far others are, what they
 * said, or what a report says.
 */
import { type ImageRecord, imageColumn, type View } from "@malleolus/schema";
import type { Study } from "../study.ts";

export interface WorklistQuestion {
  readonly queue: keyof typeof WORKABLE;
  readonly person: string;
  /** The person's finished cases instead of the open ones. */
  readonly done?: boolean | undefined;
  readonly limit?: number | undefined;
  /** The `position` of the last entry of the page before. */
  readonly after?: string | undefined;
}

export interface WorklistEntry {
  readonly caseId: string;
  readonly position: string;
  /** In the order of the protocol's views, others last. */
  readonly images: readonly { readonly image: string; readonly view: View | null }[];
}

export interface Worklist {
  readonly entries: readonly WorklistEntry[];
  /** Of this person's tasks in the queue. */
  readonly done: number;
  readonly left: number;
}

const PAGE = 50;

/** States in which a case that was given to someone may be worked on. */
export const WORKABLE = {
  curation: ["candidate fracture", "candidate no fracture", "read"],
  reference: ["internal test", "external test"],
  annotation: [
    "agreed",
    "adjudicated",
    "preliminary training",
    "training",
    "tuning",
    "internal test",
    "external test",
  ],
} as const;

export async function readWorklist(study: Study, question: WorklistQuestion): Promise<Worklist> {
  const { queue, person, done = false, limit = PAGE, after = "" } = question;
  const tasks = study.database
    .selectFrom("tasks")
    .where("tasks.queue", "=", queue)
    .where("tasks.person", "=", person);
  const rows = await tasks
    .innerJoin("cases", "cases.id", "tasks.case_id")
    .where("tasks.done", "=", done ? 1 : 0)
    .where("tasks.position", ">", after)
    .$if(!done, (left) => left.where("cases.state", "in", WORKABLE[queue]))
    .select(["tasks.case_id", "tasks.position"])
    .orderBy("tasks.position")
    .limit(limit)
    .execute();
  const images = await imagesOf(
    study,
    rows.map(({ case_id }) => case_id),
  );
  const counts = await tasks
    .select(({ fn }) => ["tasks.done", fn.countAll<number>().as("count")])
    .groupBy("tasks.done")
    .execute();
  const count = (value: number) => Number(counts.find((row) => row.done === value)?.count ?? 0);
  return {
    entries: rows.map(({ case_id, position }) => ({
      caseId: case_id,
      position,
      images: images.get(case_id) ?? [],
    })),
    done: count(1),
    left: count(0),
  };
}

/** Each case's radiographs, views in the protocol's order. */
export async function imagesOf(
  study: Study,
  caseIds: readonly string[],
): Promise<Map<string, WorklistEntry["images"]>> {
  const records = await imageRecordsOf(study, caseIds);
  return new Map(
    [...records].map(([caseId, all]) => [
      caseId,
      all.map(({ image, facts }) => ({ image, view: facts.view })),
    ]),
  );
}

export interface CaseRadiograph {
  readonly image: string;
  readonly facts: ImageRecord;
}

/** The same with all that is known of them. */
export async function imageRecordsOf(
  { database, protocol }: Study,
  caseIds: readonly string[],
): Promise<Map<string, CaseRadiograph[]>> {
  if (caseIds.length === 0) return new Map();
  const rows = await database
    .selectFrom("images")
    .select(["case_id", "sha256", "facts"])
    .where("case_id", "in", caseIds)
    .orderBy("sha256")
    .execute();
  const place = ({ facts: { view } }: CaseRadiograph) => {
    const index = view === null ? -1 : protocol.views.indexOf(view);
    return index < 0 ? protocol.views.length : index;
  };
  const records = rows
    .map(({ case_id, sha256, facts }) => ({
      caseId: case_id,
      image: sha256,
      facts: imageColumn.read(facts, `image ${sha256}`),
    }))
    .toSorted((a, b) => place(a) - place(b));
  return new Map(
    [...Map.groupBy(records, ({ caseId }) => caseId)].map(([caseId, all]) => [
      caseId,
      all.map(({ image, facts }) => ({ image, facts })),
    ]),
  );
}
