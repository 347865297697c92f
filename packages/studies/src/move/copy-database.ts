/**
 * All rows of a study's database into an empty one, whatever the two are, and the proof that they arrived: of each
 * table a hash over its rows, in the order of its key, taken from what was read here and from what stands there.
 */
import { createHash, type Hash } from "node:crypto";
import { sql } from "kysely";
import { inTransaction, type StudyTransaction } from "../database/in-transaction.ts";
import { holdsStudy, type StudyDatabase } from "../database/open-database.ts";
import { isPostgres } from "../database/postgres-dialect.ts";
import { type StoredTable, tableKeys, tableNames } from "../database/table-keys.ts";
import { StudyError } from "../errors.ts";

export interface CopiedTable {
  readonly table: StoredTable;
  readonly rows: number;
  /** Over the rows as JSON arrays, columns by name, a line each. */
  readonly sha256: string;
}

type Row = Readonly<Record<string, unknown>>;

const PAGE = 500;

/**
 * Nobody writes to the target meanwhile, nor to the source unless `holdsWriters` is false: what is copied is then the
 * source as it was when the copy began. Both are as they were where it fails.
 *
 * @throws StudyError `exists` for a target that holds a study, `record` where a table arrived differently.
 */
export async function copyDatabase(
  from: StudyDatabase,
  to: StudyDatabase,
  { holdsWriters = true } = {},
): Promise<CopiedTable[]> {
  return inTransaction(from, async (source) => {
    if (holdsWriters) await holdWriters(source);
    return inTransaction(to, async (target) => {
      await requireEmpty(target);
      const copied: CopiedTable[] = [];
      for (const table of tableNames()) copied.push(await copyTable(source, target, table));
      return copied;
    });
  });
}

/** A table's rows and their hash. */
export async function hashTable(
  database: StudyDatabase,
  table: StoredTable,
  onPage: (rows: readonly Row[]) => Promise<void> = async () => undefined,
): Promise<CopiedTable> {
  const hash = createHash("sha256");
  let rows = 0;
  for await (const page of pagesOf(database, table)) {
    for (const row of page) hashRow(hash, row);
    rows += page.length;
    await onPage(page);
  }
  return { table, rows, sha256: hash.digest("hex") };
}

async function copyTable(
  source: StudyTransaction,
  target: StudyTransaction,
  table: StoredTable,
): Promise<CopiedTable> {
  const read = await hashTable(source, table, async (rows) => {
    const columns = Object.keys(rows[0]);
    const values = rows.map((row) => sql`(${sql.join(columns.map((name) => row[name]))})`);
    await sql`
      insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))})
      values ${sql.join(values)}`.execute(target);
  });
  await continueNumbers(target, table);
  const written = await hashTable(target, table);
  if (written.rows === read.rows && written.sha256 === read.sha256) return written;
  throw new StudyError(
    "record",
    `${table}: expected the ${read.rows} rows that were read, ${read.sha256}, got ${written.rows}, ` +
      `${written.sha256}; nothing was moved`,
  );
}

/** SQLite has let in one writer, which is this; PostgreSQL is told. */
async function holdWriters(source: StudyTransaction): Promise<void> {
  if (!isPostgres(source)) return;
  const tables = sql.join(tableNames().map((name) => sql.table(name)));
  await sql`lock table ${tables} in exclusive mode`.execute(source);
}

async function requireEmpty(target: StudyTransaction): Promise<void> {
  if (!(await holdsStudy(target))) return;
  throw new StudyError(
    "exists",
    "expected an empty database to move to, got one with a study; name another",
  );
}

/** Rows brought their numbers; the next one goes on after them. SQLite does so by itself. */
async function continueNumbers(target: StudyTransaction, table: StoredTable): Promise<void> {
  if (!isPostgres(target)) return;
  const [key] = tableKeys[table];
  const { rows } = await sql<{ sequence: string | null }>`
    select pg_get_serial_sequence(${table}, ${key}) as sequence`.execute(target);
  const [{ sequence }] = rows;
  if (sequence === null) return;
  await sql`
    select setval(${sequence}, max(${sql.ref(key)})) from ${sql.table(table)}
    having count(*) > 0`.execute(target);
}

async function* pagesOf(
  database: StudyDatabase,
  table: StoredTable,
): AsyncGenerator<readonly Row[]> {
  const key: readonly string[] = tableKeys[table];
  const columns = sql.join(key.map((name) => sql.ref(name)));
  for (let last: Row | undefined; ; ) {
    const from: Row | undefined = last;
    const after =
      from === undefined
        ? sql``
        : sql`where (${columns}) > (${sql.join(key.map((name) => from[name]))})`;
    const { rows } = await sql<Row>`
      select * from ${sql.table(table)} ${after} order by ${columns} limit ${PAGE}`.execute(
      database,
    );
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1);
  }
}

function hashRow(hash: Hash, row: Row): void {
  const names = Object.keys(row).toSorted();
  hash.update(`${JSON.stringify(names.map((name) => row[name]))}\n`);
}
