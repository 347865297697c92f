/**
 * Kysely on Node's own SQLite: one connection, which its users take in turn.
 *
 * Transactions begin `IMMEDIATE`, so that two processes wait for each other at the beginning instead
 * of failing at the first write. A number that JavaScript cannot hold exactly is an error.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

const BUSY_TIMEOUT_MS = 30_000;
/** Statements that are prepared once. Others, pragmas among them, may do their work while they are prepared. */
const KEPT = /^(select|insert|update|delete|with|begin|commit|rollback|savepoint|release)\b/i;
const MOST_KEPT = 300;
/** A list of many values is hardly asked for twice. */
const LONGEST_KEPT = 4000;

export function sqliteDialect(path: string): Dialect {
  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => new SqliteDriver(path),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/**
 * Migrations are one transaction: a process that is killed amid them leaves the tables as they were, two that open an
 * old file at once follow each other, and the disk is waited for once, not after each of two hundred statements.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteDriver implements Driver {
  readonly #path: string;
  #connection: SqliteConnection | null = null;
  /** Settles when the connection's present user gives it back. */
  #turn: Promise<void> = Promise.resolve();
  #giveBack: () => void = () => undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    const database = new DatabaseSync(this.#path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    this.#connection = new SqliteConnection(database);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    this.#giveBack = resolve;
    if (this.#connection === null) throw new Error("internal: the database is not open");
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // After a failure of the disk SQLite has done it already; the failure is what is to be told.
    if (this.#connection?.isInTransaction !== true) return;
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  async releaseConnection(): Promise<void> {
    this.#giveBack();
  }

  async destroy(): Promise<void> {
    this.#connection?.close();
    this.#connection = null;
  }
}

interface Prepared {
  readonly statement: StatementSync;
  readonly hasRows: boolean;
}

/** The native handle, and Kysely's way of asking it. */
class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync;
  /** By their text, the latest last: to prepare a small one costs more than to run it. */
  readonly #kept = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { statement, hasRows } = this.#prepared(sql);
    const values = parameters.map(inputValue);
    if (hasRows) {
      // The types of rows are the tables' own (`tables.ts`): this is where they come in.
      return { rows: statement.all(...values) as Row[] };
    }
    const { changes, lastInsertRowid } = statement.run(...values);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  async *streamQuery<Row>({
    sql,
    parameters,
  }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    // One of its own: the same may be asked again before all rows are taken.
    const statement = this.#database.prepare(sql);
    for (const row of statement.iterate(...parameters.map(inputValue))) {
      yield { rows: [row as Row] };
    }
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#kept.clear();
    this.#database.close();
  }

  #prepared(sql: string): Prepared {
    const held = this.#kept.get(sql);
    if (held !== undefined) {
      this.#kept.delete(sql);
      this.#kept.set(sql, held);
      return held;
    }
    const statement = this.#database.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    if (KEPT.test(sql) && sql.length <= LONGEST_KEPT) {
      const [oldest] = this.#kept.keys();
      if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
      this.#kept.set(sql, prepared);
    }
    return prepared;
  }
}

function inputValue(value: unknown): SQLInputValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return value;
  }
  if (value instanceof Uint8Array) return value;
  throw new Error(`internal: SQLite takes no ${typeof value}`);
}
