/**
 * A process that imports an archive into a study, for the tests to kill. With `cut` it first ends the connection that
 * holds another import's lock, as a network might.
 */
import { sql } from "kysely";
import { closeStudy, findHospital, openKeys, openStudy, type Study } from "../study.ts";
import { PASSPHRASE } from "../test-study.ts";
import { importDicom } from "./import-dicom.ts";

export const importProcess = import.meta.filename;

async function cutLock({ database }: Study): Promise<void> {
  const { rows } = await sql`
    select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and objid = 212121
      and database = (select oid from pg_database where datname = current_database())`.execute(
    database,
  );
  if (rows.length !== 1) throw new Error(`expected one lock, got ${rows.length}`);
}

if (import.meta.main) {
  const [folder, archive, cut] = process.argv.slice(2);
  const study = await openStudy(folder);
  if (cut === "cut") await cutLock(study);
  const keys = await openKeys(study, PASSPHRASE);
  await importDicom(study, {
    paths: [archive],
    hospital: findHospital(study, undefined),
    keys,
    who: "test",
    onEvent: ({ done }) => process.stdout.write(`${done}\n`),
  });
  keys.close();
  await closeStudy(study);
}
