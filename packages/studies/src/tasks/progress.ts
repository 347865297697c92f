/** How far each person is in each queue. For those who run the study, never for readers. */
import type { Queue } from "../database/tables.ts";
import type { Study } from "../study.ts";

export interface PersonProgress {
  readonly person: string;
  readonly name: string;
  /** A panel, `annotation`, or a round together with its repeats. */
  readonly queue: string;
  readonly title: string;
  readonly done: number;
  readonly left: number;
  readonly medianSeconds: number | null;
  readonly lastSeenAt: string | null;
}

const TITLES: Readonly<Record<string, string>> = {
  curation: "Reading",
  reference: "Reference reading",
  annotation: "Annotation",
};

/** By queue, then in the configuration's order of people. */
export async function readProgress(study: Study): Promise<PersonProgress[]> {
  const { database, configuration } = study;
  const tasks = await database
    .selectFrom("tasks")
    .select(({ fn }) => ["queue", "person", "done", fn.countAll<number>().as("count")])
    .groupBy(["queue", "person", "done"])
    .execute();
  const readings = await database
    .selectFrom("readings")
    .select(["panel", "reader", "seconds"])
    .where("seconds", "is not", null)
    .execute();
  const drawings = await database
    .selectFrom("annotations")
    .select(["author", "seconds"])
    .where("source", "=", "person")
    .where("seconds", "is not", null)
    .execute();
  const seen = new Map(
    (await database.selectFrom("accounts").select(["person", "seen_at"]).execute()).map(
      ({ person, seen_at }) => [person, seen_at] as const,
    ),
  );
  const names = new Map(
    (await database.selectFrom("rounds").select(["id", "name"]).execute()).map(
      ({ id, name }) => [`round-${id}` as string, name] as const,
    ),
  );
  const timed = [
    ...readings.map(({ panel, reader, seconds }) => ({
      queue: shownQueue(panel),
      person: reader,
      seconds: seconds ?? 0,
    })),
    ...drawings.map(({ author, seconds }) => ({
      queue: "annotation",
      person: author,
      seconds: seconds ?? 0,
    })),
  ];
  const groups = Map.groupBy(tasks, ({ queue }) => shownQueue(queue));
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([queue, all]) =>
      configuration.observers
        .filter(({ id }) => all.some(({ person }) => person === id))
        .map(({ id, name }) => {
          const count = (done: number) =>
            all
              .filter((row) => row.person === id && row.done === done)
              .reduce((sum, row) => sum + Number(row.count), 0);
          return {
            person: id,
            name,
            queue,
            title: TITLES[queue] ?? names.get(queue) ?? queue,
            done: count(1),
            left: count(0),
            medianSeconds: median(
              timed
                .filter((one) => one.queue === queue && one.person === id)
                .map(({ seconds }) => seconds),
            ),
            lastSeenAt: seen.get(id) ?? null,
          };
        }),
    );
}

function shownQueue(queue: Queue | "senior"): string {
  return queue.replace(/-repeat$/, "");
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
