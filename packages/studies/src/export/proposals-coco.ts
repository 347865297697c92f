/**
 * What a model proposes as a COCO data set for other annotation tools: a category a structure, and what the
 * model says of the radiograph beside the image. `import annotations --as proposals` reads it back.
 *
 * Cases that are drawn without proposals are left out, and so is whatever readers said: who mends the
 * outlines elsewhere sees what an annotator here would see.
 */
import type { CocoAnnotation, CocoDataset } from "@malleolus/data";
import { boxHeight, boxWidth, polygonArea, polygonBounds } from "@malleolus/geometry";
import { FRACTURE, imageColumn, type Prelabel, prelabelColumn } from "@malleolus/schema";
import { assignArms } from "../annotation/proposals/assistance-arms.ts";
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";

export interface ProposalsCoco {
  readonly dataset: CocoDataset;
  /** Radiographs left out because their cases are drawn without proposals. */
  readonly unassisted: number;
  /** Radiographs on which the model outlines nothing. */
  readonly withoutShape: number;
}

/**
 * A model's latest prelabel of every radiograph, by the radiograph's hash. Settles which cases are drawn
 * without proposals, since after this it is too late.
 *
 * @throws StudyError `record` where the model has proposed nothing.
 */
export async function proposalsCoco(study: Study, modelSha256: string): Promise<ProposalsCoco> {
  const found = await inTransaction(study.database, async (transaction) => {
    const rows = await transaction
      .selectFrom("prelabels")
      .innerJoin("images", "images.sha256", "prelabels.image_sha256")
      .select(["prelabels.record", "images.sha256", "images.case_id", "images.facts"])
      .where("prelabels.model_sha256", "=", modelSha256)
      .orderBy("images.sha256")
      .orderBy("prelabels.annotation_id")
      .execute();
    if (rows.length === 0) {
      throw new StudyError(
        "record",
        `expected a model that has proposed something, got ${modelSha256}; run malleolus prelabel with it first`,
      );
    }
    await assignArms(transaction, study, [...new Set(rows.map(({ case_id }) => case_id))]);
    const without = await transaction
      .selectFrom("annotation_arms")
      .select("case_id")
      .where("arm", "=", "unassisted")
      .execute();
    const left = new Set(without.map(({ case_id }) => case_id));
    const latest = [...new Map(rows.map((row) => [row.sha256, row])).values()];
    return { latest, left };
  });
  const kept = found.latest.filter(({ case_id }) => !found.left.has(case_id));
  const structures = [FRACTURE, ...study.protocol.structures.map(({ id }) => id)];
  const names = [...structures, study.protocol.noFractureClass];
  const categories = names.map((name, i) => ({ id: i + 1, name }));
  const annotations: CocoAnnotation[] = [];
  const images = kept.map(({ sha256, case_id, facts, record }, i) => {
    const prelabel = prelabelColumn.read(record, `prelabel of ${sha256}`);
    const { width, height, format, view } = imageColumn.read(facts, `image ${sha256}`);
    for (const { structure, polygons } of prelabel.shapes) {
      const box = polygonBounds(...polygons);
      annotations.push({
        id: annotations.length + 1,
        imageId: i + 1,
        categoryId: names.indexOf(structure) + 1,
        box,
        boxSize: [boxWidth(box), boxHeight(box)],
        polygons,
        runs: null,
        area: polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0),
        isCrowd: false,
      });
    }
    const fileName = imagePath("", sha256, format).replaceAll("\\", "/");
    const extra = { case: case_id, view, ...proposedKeys(prelabel) };
    return { id: i + 1, fileName, width, height, extra };
  });
  const byImage = Map.groupBy(annotations, ({ imageId }) => imageId);
  return {
    dataset: {
      images,
      categories,
      annotations,
      annotationsByImage: new Map(images.map(({ id }) => [id, byImage.get(id) ?? []])),
    },
    unassisted: found.latest.length - kept.length,
    withoutShape: images.length - byImage.size,
  };
}

/** What stands beside an image in a file of proposals, as `readProposedKeys` reads it. */
export function proposedKeys(prelabel: Prelabel) {
  const scores = prelabel.shapes.flatMap(({ structure, score }) =>
    score === null ? [] : [[structure, score] as const],
  );
  const lines = prelabel.shapes.flatMap(({ structure, line }) =>
    line === null ? [] : [[structure, line] as const],
  );
  return {
    model: prelabel.model,
    lower_leg: prelabel.isLowerLeg,
    scores: Object.fromEntries(scores),
    lines: Object.fromEntries(lines),
    probabilities: prelabel.probabilities,
  };
}
