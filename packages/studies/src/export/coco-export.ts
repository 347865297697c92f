/**
 * An assignment's radiographs as a COCO data set: the protocol's classes as categories, and on every
 * radiograph the instance of its case's class. File names are relative to the study's images.
 *
 * A radiograph of a fractured patient on which the fracture is impossible to see has no instance and is
 * not trained on.
 */
import type { CocoAnnotation, CocoDataset, CocoImage } from "@malleolus/data";
import { boxHeight, boxWidth, polygonArea } from "@malleolus/geometry";
import type { Assignment } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { type AssignedRadiograph, assignedImages } from "./assigned-images.ts";

export interface CocoExport {
  readonly dataset: CocoDataset;
  /** Radiographs left out of a training because the fracture cannot be seen on them. */
  readonly impossible: number;
  /** Radiographs in the data set on which nothing is outlined. */
  readonly withoutInstance: number;
}

/**
 * The radiographs of an assignment, by their hash. In a test, those without a truth are there and
 * marked `annotated: false`.
 *
 * @throws StudyError `assignment` where nothing is assigned, or a training or tuning radiograph has
 *   no truth.
 */
export async function cocoExport(study: Study, assignment: Assignment): Promise<CocoExport> {
  const rows = await assignedImages(study, assignment);
  const forTests = assignment === "internal test" || assignment === "external test";
  const unfinished = rows.filter(({ annotated }) => !annotated).length;
  if (rows.length === 0 || (unfinished > 0 && !forTests)) {
    const got = rows.length === 0 ? "none" : `${unfinished} of ${rows.length} without`;
    throw new StudyError(
      "assignment",
      `expected radiographs assigned to ${assignment}, with their truth, got ${got}; ` +
        "assign and annotate them first",
    );
  }
  const trained = assignment === "training" || assignment === "preliminary training";
  const kept = rows.filter(({ visibility }) => !(trained && visibility === "impossible"));
  const categories = study.protocol.classes.map(({ id }, index) => ({ id: index + 1, name: id }));
  const images = kept.map((row, index) => cocoImage(row, index + 1));
  const annotations: CocoAnnotation[] = [];
  for (const [index, { class: name, instance }] of kept.entries()) {
    const categoryId = categories.find((category) => category.name === name)?.id;
    if (categoryId === undefined || instance === null) continue;
    const { polygons, box } = instance;
    annotations.push({
      id: annotations.length + 1,
      imageId: index + 1,
      categoryId,
      box,
      boxSize: [boxWidth(box), boxHeight(box)],
      polygons,
      runs: null,
      area: polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0),
      isCrowd: false,
    });
  }
  const byImage = Map.groupBy(annotations, ({ imageId }) => imageId);
  const annotationsByImage = new Map(images.map(({ id }) => [id, byImage.get(id) ?? []]));
  return {
    dataset: { images, categories, annotations, annotationsByImage },
    impossible: rows.length - kept.length,
    withoutInstance: images.length - annotations.length,
  };
}

function cocoImage(row: AssignedRadiograph, id: number): CocoImage {
  const { fileName, width, height, patient, hospital, view, visibility, ambiguous, annotated } =
    row;
  const extra = {
    case: row.caseId,
    patient,
    hospital,
    view,
    class: row.class,
    visibility,
    ambiguous,
    annotated,
  };
  return { id, fileName, width, height, extra };
}
