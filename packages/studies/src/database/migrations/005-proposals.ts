/**
 * What models propose and what annotators make of it; which cases are drawn without proposals; and which
 * radiographs were chosen by what models say.
 *
 * A prelabel's outlines are a drawing of the source `model` in `annotations`, which an annotator's may
 * begin with; its record stands beside it. Nothing is ever changed here: of a model's prelabels of a
 * radiograph and of somebody's decisions on a proposal the latest holds.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const proposalsMigration: Migration = {
  async up(db: Kysely<unknown>) {
    await createPrelabels(db);
    await createDecisions(db);
    await createSelections(db);
  },
};

async function createPrelabels({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("models")
    .addColumn("sha256", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("prelabels")
    .addColumn("annotation_id", "integer", (column) =>
      column.primaryKey().references("annotations.id"),
    )
    .addColumn("image_sha256", "text", (column) => column.notNull().references("images.sha256"))
    .addColumn("model_sha256", "text", (column) => column.notNull().references("models.sha256"))
    .addColumn("record", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createIndex("prelabels_by_image")
    .on("prelabels")
    .columns(["image_sha256", "annotation_id"])
    .execute();
  await schema
    .createIndex("prelabels_by_model")
    .on("prelabels")
    .columns(["model_sha256", "image_sha256"])
    .execute();
}

async function createDecisions({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("proposal_decisions")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("annotation_id", "integer", (column) =>
      column.notNull().references("annotations.id"),
    )
    .addColumn("prelabel_id", "integer", (column) =>
      column.notNull().references("prelabels.annotation_id"),
    )
    .addColumn("kind", "text", (column) => column.notNull().check(sql`kind in ('shape', 'class')`))
    .addColumn("structure", "text")
    .addColumn("decision", "text", (column) =>
      column.notNull().check(sql`decision in ('accepted', 'mended', 'rejected')`),
    )
    .addColumn("why", "text")
    .addColumn("class", "text")
    .addColumn("overlap", "real")
    .addColumn("distance_pixels", "real")
    .addColumn("distance_mm", "real")
    .addCheckConstraint(
      "proposal_decisions_meaning",
      sql`(kind = 'shape') = (structure is not null)`,
    )
    .execute();
  await schema
    .createIndex("proposal_decisions_by_annotation")
    .on("proposal_decisions")
    .columns(["annotation_id", "id"])
    .execute();
  await schema
    .createTable("annotation_arms")
    .addColumn("case_id", "text", (column) => column.primaryKey().references("cases.id"))
    .addColumn("arm", "text", (column) =>
      column.notNull().check(sql`arm in ('assisted', 'unassisted')`),
    )
    .addColumn("share", "real", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
}

async function createSelections({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("selections")
    .addColumn("id", "integer", (column) => column.primaryKey().autoIncrement())
    .addColumn("purpose", "text", (column) =>
      column.notNull().check(sql`purpose in ('training', 'hardest')`),
    )
    .addColumn("strategy", "text", (column) => column.notNull())
    .addColumn("seed", "integer", (column) => column.notNull())
    .addColumn("model_sha256", "text", (column) => column.notNull().references("models.sha256"))
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("who", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("selected_images")
    .addColumn("selection_id", "integer", (column) => column.notNull().references("selections.id"))
    .addColumn("rank", "integer", (column) => column.notNull())
    .addColumn("image_sha256", "text", (column) => column.notNull().references("images.sha256"))
    .addColumn("priority", "real", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("selected_images_key", ["selection_id", "rank"])
    .addUniqueConstraint("selected_images_once", ["selection_id", "image_sha256"])
    .execute();
}
