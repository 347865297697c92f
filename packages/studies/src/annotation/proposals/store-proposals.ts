/**
 * What a model proposes, into the study. Nothing is written over: an earlier prelabel stays for those who
 * have decided on it, and the same one again changes nothing, so that an interrupted run goes on.
 */
import {
  type Model,
  type Outline,
  outlinesColumn,
  type Prelabel,
  prelabelColumn,
} from "@malleolus/schema";
import { inTransaction, type StudyTransaction } from "../../database/in-transaction.ts";
import { StudyError } from "../../errors.ts";
import type { Study } from "../../study.ts";
import { type FoundImage, findImage } from "../find-image.ts";
import { insertAnnotation } from "../insert-annotation.ts";
import { checkOutlines } from "../structures.ts";

export interface StoredProposals {
  /** Of the prelabels given, in their order. */
  readonly ids: readonly number[];
  readonly stored: number;
  readonly known: number;
}

/**
 * Keeps prelabels, all of them or none.
 *
 * @throws StudyError `record` for an image that is not there, for outlines or classes that the
 *   protocol does not know, and for a model that is here under another name.
 */
export async function storeProposals(
  study: Study,
  prelabels: readonly Prelabel[],
  who: string,
): Promise<StoredProposals> {
  return inTransaction(study.database, async (transaction) => {
    const models = new Map(prelabels.map(({ model }) => [model.sha256, model]));
    for (const model of models.values()) await rememberModel(transaction, model, who);
    const ids: number[] = [];
    let stored = 0;
    for (const prelabel of prelabels) {
      const known = await findSame(transaction, prelabel);
      if (known === null) stored++;
      ids.push(known ?? (await storeOne(transaction, study, prelabel)));
    }
    return { ids, stored, known: prelabels.length - stored };
  });
}

/** Images of cases with a patient in the study that a model has not looked at, by their hash. */
export async function imagesWithoutPrelabel(
  { database }: Study,
  modelSha256: string,
): Promise<string[]> {
  const rows = await database
    .selectFrom("images")
    .select("sha256")
    .where("sha256", "not in", ({ selectFrom }) =>
      selectFrom("prelabels").select("image_sha256").where("model_sha256", "=", modelSha256),
    )
    .orderBy("sha256")
    .execute();
  return rows.map(({ sha256 }) => sha256);
}

export async function rememberModel(
  transaction: StudyTransaction,
  { sha256, name, version }: Model,
  who: string,
): Promise<void> {
  const known = await transaction
    .selectFrom("models")
    .select(["name", "version"])
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  if (known === undefined) {
    const at = new Date().toISOString();
    await transaction.insertInto("models").values({ sha256, name, version, at, who }).execute();
    return;
  }
  if (known.name === name && known.version === version) return;
  throw new StudyError(
    "record",
    `model ${sha256}: expected it as ${known.name} ${known.version}, under which the study knows it, got ` +
      `${name} ${version}; give the name and version that it has here`,
  );
}

/** The number of the model's latest prelabel of the image, where it says the same. */
async function findSame(transaction: StudyTransaction, prelabel: Prelabel): Promise<number | null> {
  const row = await transaction
    .selectFrom("prelabels")
    .select(["annotation_id", "record"])
    .where("image_sha256", "=", prelabel.image)
    .where("model_sha256", "=", prelabel.model.sha256)
    .orderBy("annotation_id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && row.record === prelabelColumn.write(prelabel)
    ? row.annotation_id
    : null;
}

async function storeOne(
  transaction: StudyTransaction,
  study: Study,
  prelabel: Prelabel,
): Promise<number> {
  const image = await findImage(transaction, prelabel.image);
  checkPrelabel(study, prelabel, image);
  const outlines = outlinesOf(prelabel);
  const id = await insertAnnotation(transaction, {
    image_sha256: image.sha256,
    source: "model",
    author: prelabel.model.sha256,
    visibility: null,
    outlines: outlinesColumn.write(outlines),
  });
  await transaction
    .insertInto("prelabels")
    .values({
      annotation_id: id,
      image_sha256: image.sha256,
      model_sha256: prelabel.model.sha256,
      record: prelabelColumn.write(prelabel),
      at: new Date().toISOString(),
    })
    .execute();
  return id;
}

/**
 * @throws StudyError `record` for outlines or classes that the protocol or the image does not know.
 */
export function checkPrelabel(study: Study, prelabel: Prelabel, image: FoundImage): void {
  const lines = prelabel.shapes.flatMap(({ structure, line }) =>
    line === null ? [] : [{ structure, polygons: [], lines: [line] }],
  );
  checkOutlines(study, [...outlinesOf(prelabel), ...lines], image);
  checkClasses(study, prelabel);
}

function outlinesOf({ shapes }: Prelabel): Outline[] {
  return shapes.map(({ structure, polygons }) => ({
    structure,
    polygons: polygons.map((ring) => [...ring]),
  }));
}

function checkClasses({ protocol }: Study, prelabel: Prelabel): void {
  const classes = protocol.classes.map(({ id }) => id);
  const { image, probabilities, flippedProbabilities, segmentation } = prelabel;
  for (const given of [probabilities, flippedProbabilities]) {
    const names = Object.keys(given ?? {});
    if (given === null || (names.length === classes.length && names.every(isClass))) continue;
    throw refused(image, `a probability for each of ${classes.join(", ")}`, names.join(", "));
  }
  const implied = segmentation?.class ?? null;
  if (implied === null || isClass(implied)) return;
  throw refused(image, `one of ${classes.join(", ")}`, `"${implied}"`);

  function isClass(name: string): boolean {
    return classes.includes(name);
  }
}

function refused(image: string, expected: string, got: string): StudyError {
  return new StudyError("record", `image ${image}: expected ${expected}, got ${got || "none"}`);
}
