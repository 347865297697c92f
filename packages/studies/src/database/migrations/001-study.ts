/** The first tables: settings, patients, cases, images, imports, reports, screenings, transitions. */
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

export const studyMigration: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable("settings")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("patients")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("hospital", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("cases")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("patient_id", "text", (column) => column.notNull().references("patients.id"))
      .addColumn("accession_hash", "text")
      .addColumn("study_date", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("cases_by_patient").on("cases").column("patient_id").execute();
    await schema.createIndex("cases_by_accession").on("cases").column("accession_hash").execute();
    await schema.createIndex("cases_by_state").on("cases").columns(["state", "id"]).execute();
    await schema
      .createTable("images")
      .addColumn("sha256", "text", (column) => column.primaryKey())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("sop_instance_uid", "text", (column) => column.notNull().unique())
      .addColumn("series_instance_uid", "text")
      .addColumn("size_bytes", "bigint", (column) => column.notNull())
      .addColumn("facts", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("images_by_case").on("images").column("case_id").execute();
    await schema
      .createTable("import_files")
      .addColumn("source_hash", "text", (column) => column.primaryKey())
      .addColumn("image_sha256", "text", (column) => column.references("images.sha256"))
      .addColumn("refusal_code", "text")
      .addColumn("refusal_reason", "text")
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("reports")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("language", "text")
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("reports_by_case").on("reports").column("case_id").execute();
    await schema
      .createTable("transitions")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("from_state", "text")
      .addColumn("to_state", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .addColumn("why", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("transitions_by_case").on("transitions").column("case_id").execute();
    await schema
      .createTable("screening_runs")
      .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("who", "text", (column) => column.notNull())
      .addColumn("rules_sha256", "text", (column) => column.notNull())
      .addColumn("rules", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("screenings")
      .addColumn("run_id", "integer", (column) => column.notNull().references("screening_runs.id"))
      .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
      .addColumn("report_ids", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("code", "text")
      .addColumn("decision", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("screenings_key", ["run_id", "case_id"])
      .execute();
  },
};
