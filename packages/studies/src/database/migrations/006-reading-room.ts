/**
 * The reading room: accounts, sessions, the audit log, drafts, rounds, and what a reading holds besides its
 * decision.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const readingRoomMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await addReadingColumns(db);
    await addTaskColumn(db);
    await createAccounts(db);
    await createReadersWork(db);
  },
};

async function addReadingColumns({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable("readings")
    .addColumn("certainty", "integer", (column) => column.check(sql`certainty between 1 and 5`))
    .execute();
  for (const name of ["visibility", "measurements", "conditions"]) {
    await schema.alterTable("readings").addColumn(name, "text").execute();
  }
}

/** When a task may be done; a round's repeats wait. */
async function addTaskColumn({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .alterTable("tasks")
    .addColumn("opens_at", "text", (column) => column.notNull().defaultTo(""))
    .execute();
}

async function createAccounts({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("accounts")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("login", "text", (column) => column.notNull().unique())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("person", "text", (column) => column.unique())
    .addColumn("password", "text")
    .addColumn("disabled", "integer", (column) => column.notNull())
    .addColumn("failures", "integer", (column) => column.notNull())
    .addColumn("locked_until", "text")
    .addColumn("seen_at", "text")
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("account_roles")
    .addColumn("account_id", "integer", (column) => column.notNull().references("accounts.id"))
    .addColumn("role", "text", (column) =>
      column.notNull().check(sql`role in ('administrator', 'researcher', 'viewer')`),
    )
    .addPrimaryKeyConstraint("account_roles_key", ["account_id", "role"])
    .execute();
  await schema
    .createTable("invitations")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("token_sha256", "text", (column) => column.notNull().unique())
    .addColumn("person", "text")
    .addColumn("account_id", "integer", (column) => column.references("accounts.id"))
    .addColumn("name", "text")
    .addColumn("roles", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("sessions")
    .addColumn("token_sha256", "text", (column) => column.primaryKey())
    .addColumn("account_id", "integer", (column) => column.notNull().references("accounts.id"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("seen_at", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("sessions_by_account").on("sessions").column("account_id").execute();
  await schema
    .createTable("audit")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text")
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("what", "text")
    .addColumn("status", "integer", (column) => column.notNull())
    .execute();
}

async function createReadersWork({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("acts")
    .addColumn("who", "text", (column) => column.notNull())
    .addColumn("request_id", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("answer", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("acts_key", ["who", "request_id"])
    .execute();
  await schema.createIndex("acts_by_time").on("acts").column("at").execute();
  await schema
    .createTable("reading_drafts")
    .addColumn("queue", "text", (column) => column.notNull())
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("content", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("reading_drafts_key", ["queue", "person", "case_id"])
    .execute();
  await schema
    .createTable("reopening_requests")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("queue", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("display_checks")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("dark_seen", "integer", (column) => column.notNull())
    .addColumn("bright_seen", "integer", (column) => column.notNull())
    .addColumn("screen", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("rounds")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("repeat_share", "real", (column) => column.notNull())
    .addColumn("washout_days", "real", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .execute();
}
