/**
 * People's work: tasks, readings, verdicts, annotations, truths, and the assignment of radiographs.
 *
 * No patient is in two parts of the study, whatever wrote the row: `patient_partitions` holds one row
 * a patient, and every assigned image refers to it together with the partition that its assignment
 * means, and to its own case and patient. Foreign keys and checks only, so that every database that
 * speaks SQL refuses alike.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const peopleMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await addCaseColumns(db);
    await createReadings(db);
    await createAnnotations(db);
    await createAssignments(db);
  },
};

async function addCaseColumns({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable("cases").addColumn("class", "text").execute();
  await schema.alterTable("cases").addColumn("exclusion", "text").execute();
  await schema.alterTable("cases").addColumn("ambiguous", "integer").execute();
  await schema.alterTable("cases").addColumn("annotated_at", "text").execute();
  await schema.createIndex("cases_by_class").on("cases").columns(["class", "id"]).execute();
  // What foreign keys of two columns refer to.
  await schema
    .createIndex("cases_with_patient")
    .unique()
    .on("cases")
    .columns(["id", "patient_id"])
    .execute();
  await schema
    .createIndex("images_with_case")
    .unique()
    .on("images")
    .columns(["sha256", "case_id"])
    .execute();
}

async function createReadings({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("tasks")
    .addColumn("queue", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
    .addColumn("person", "text", (column) => column.notNull())
    .addColumn("seat", "integer", (column) => column.notNull())
    .addColumn("position", "text", (column) => column.notNull())
    .addColumn("done", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("tasks_key", ["queue", "case_id", "person"])
    .execute();
  await schema
    .createIndex("tasks_by_person")
    .unique()
    .on("tasks")
    .columns(["queue", "person", "done", "position"])
    .execute();
  await schema
    .createTable("readings")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("panel", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
    .addColumn("reader", "text", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("decision_kind", "text", (column) =>
      column.check(sql`decision_kind in ('class', 'exclusion')`),
    )
    .addColumn("decision_id", "text")
    .addColumn("note", "text")
    .addColumn("seconds", "real")
    .addColumn("blind", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addUniqueConstraint("readings_revision", ["panel", "case_id", "reader", "revision"])
    .execute();
  await schema
    .createTable("verdicts")
    .addColumn("panel", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull().references("cases.id"))
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("decision_kind", "text", (column) => column.notNull())
    .addColumn("decision_id", "text", (column) => column.notNull())
    .addColumn("how", "text", (column) => column.notNull())
    .addColumn("ambiguous", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .addColumn("why", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("verdicts_key", ["panel", "case_id", "revision"])
    .execute();
}

async function createAnnotations({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("annotations")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("image_sha256", "text", (column) => column.notNull().references("images.sha256"))
    .addColumn("source", "text", (column) =>
      column.notNull().check(sql`source in ('person', 'model')`),
    )
    .addColumn("author", "text", (column) => column.notNull())
    .addColumn("revision", "integer", (column) => column.notNull())
    .addColumn("visibility", "text")
    .addColumn("outlines", "text", (column) => column.notNull())
    .addColumn("started_from", "integer", (column) => column.references("annotations.id"))
    .addColumn("proposals", "text")
    .addColumn("seconds", "real")
    .addColumn("at", "text", (column) => column.notNull())
    .addUniqueConstraint("annotations_revision", ["image_sha256", "source", "author", "revision"])
    .execute();
  await schema
    .createTable("image_truths")
    .addColumn("image_sha256", "text", (column) => column.primaryKey().references("images.sha256"))
    .addColumn("visibility", "text")
    .addColumn("outlines", "text", (column) => column.notNull())
    .addColumn("how", "text", (column) => column.notNull())
    .addColumn("agreement", "text", (column) => column.notNull())
    .addColumn("first_annotation", "integer", (column) =>
      column.notNull().references("annotations.id"),
    )
    .addColumn("second_annotation", "integer", (column) => column.references("annotations.id"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .addColumn("why", "text", (column) => column.notNull())
    .execute();
}

async function createAssignments({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("patient_partitions")
    .addColumn("patient_id", "text", (column) => column.primaryKey().references("patients.id"))
    .addColumn("partition", "text", (column) =>
      column
        .notNull()
        .check(sql`"partition" in ('training', 'tuning', 'internal test', 'external test')`),
    )
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .addUniqueConstraint("patient_partitions_pair", ["patient_id", "partition"])
    .execute();
  await schema
    .createTable("assigned_images")
    .addColumn("image_sha256", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull())
    .addColumn("patient_id", "text", (column) => column.notNull())
    .addColumn("assignment", "text", (column) => column.notNull())
    .addColumn("partition", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("assigned_images_key", ["image_sha256", "assignment"])
    .addForeignKeyConstraint("assigned_images_image", ["image_sha256", "case_id"], "images", [
      "sha256",
      "case_id",
    ])
    .addForeignKeyConstraint("assigned_images_case", ["case_id", "patient_id"], "cases", [
      "id",
      "patient_id",
    ])
    .addForeignKeyConstraint(
      "assigned_images_partition",
      ["patient_id", "partition"],
      "patient_partitions",
      ["patient_id", "partition"],
    )
    .addCheckConstraint(
      "assigned_images_meaning",
      sql`(assignment = 'preliminary training' and "partition" = 'training')
        or assignment = "partition"`,
    )
    .execute();
  await schema
    .createIndex("assigned_images_by_assignment")
    .on("assigned_images")
    .columns(["assignment", "image_sha256"])
    .execute();
  await schema
    .createIndex("assigned_images_by_case")
    .on("assigned_images")
    .columns(["case_id", "assignment"])
    .execute();
  await schema
    .createTable("test_patients")
    .addColumn("patient_id", "text", (column) => column.primaryKey())
    .addColumn("partition", "text", (column) => column.notNull())
    .addColumn("case_id", "text", (column) => column.notNull())
    .addColumn("drawn_class", "text", (column) => column.notNull())
    .addColumn("rank", "integer", (column) => column.notNull())
    .addForeignKeyConstraint("test_patients_case", ["case_id", "patient_id"], "cases", [
      "id",
      "patient_id",
    ])
    .addForeignKeyConstraint(
      "test_patients_partition",
      ["patient_id", "partition"],
      "patient_partitions",
      ["patient_id", "partition"],
    )
    .addCheckConstraint(
      "test_patients_meaning",
      sql`"partition" in ('internal test', 'external test')`,
    )
    .execute();
}
