/** The queue of a study, by where its database is. */
import { isPostgresUrl } from "../database/postgres-dialect.ts";
import { databaseLocation, type Study } from "../study.ts";
import type { JobQueue, QueueOptions } from "./job-queue.ts";
import { sqliteQueue } from "./sqlite-queue.ts";

/** Its owner closes it, before the study. */
export async function openQueue(study: Study, options: QueueOptions = {}): Promise<JobQueue> {
  const { folder, configuration, database } = study;
  const location = databaseLocation(folder, configuration.storage.database);
  if (!isPostgresUrl(location)) return sqliteQueue(database, options);
  // pg-boss is a fifth of all files that a study loads.
  const { pgBossQueue } = await import("./pg-boss-queue.ts");
  return pgBossQueue(location, database, options);
}
