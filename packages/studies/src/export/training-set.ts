/**
 * What is assigned to something as a COCO data set: the protocol's classes as categories, and on
 * every radiograph the instance that its case's class means.
 *
 * A fracture's instance is its outline; without a fracture it is the outline drawn as the protocol's
 * class of no fracture. A radiograph of a fractured patient on which the fracture is impossible to
 * see has no instance and is not trained on. File names are relative to the study's images.
 */
import type { CocoAnnotation, CocoDataset, CocoImage } from "@malleolus/data";
import {
  boxHeight,
  boxWidth,
  clipPolygon,
  type Polygon,
  polygonArea,
  polygonBounds,
} from "@malleolus/geometry";
import {
  type Assignment,
  FRACTURE,
  type ImageRecord,
  imageColumn,
  type Outline,
  outlinesColumn,
  type Visibility,
} from "@malleolus/schema";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { StudyError } from "../errors.ts";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";

export interface TrainingSet {
  readonly dataset: CocoDataset;
  /** Radiographs left out of a training because the fracture cannot be seen on them. */
  readonly impossible: number;
  /** Radiographs in the data set on which nothing is outlined. */
  readonly withoutInstance: number;
}

/** Outlines keep a hundredth of a pixel. */
const DECIMALS = 100;

/**
 * The radiographs of an assignment, by their hash. In a test, those without a truth are there and
 * marked `annotated: false`. Throws StudyError `assignment` where nothing is assigned, or a training
 * or tuning radiograph has no truth.
 */
export async function trainingSet(study: Study, assignment: Assignment): Promise<TrainingSet> {
  const rows = await readRows(study, assignment);
  const forTests = assignment === "internal test" || assignment === "external test";
  const unfinished = rows.filter(({ outlines }) => outlines === null).length;
  if (rows.length === 0 || (unfinished > 0 && !forTests)) {
    const got = rows.length === 0 ? "none" : `${unfinished} of ${rows.length} without`;
    throw new StudyError(
      "assignment",
      `expected radiographs assigned to ${assignment}, with their truth, got ${got}; ` +
        "assign, annotate and settle them first",
    );
  }
  const trained = assignment === "training" || assignment === "preliminary training";
  const kept = rows.filter(({ visibility }) => !(trained && visibility === "impossible"));
  const categories = study.protocol.classes.map(({ id }, index) => ({ id: index + 1, name: id }));
  const images = kept.map((row, index) => cocoImage(row, index + 1));
  const annotations: CocoAnnotation[] = [];
  for (const [index, row] of kept.entries()) {
    const categoryId = categories.find(({ name }) => name === row.class)?.id;
    const polygons = instancePolygons(row, study.protocol.noFractureClass);
    if (categoryId === undefined || polygons.length === 0) continue;
    const box = polygonBounds(...polygons);
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

interface AssignedRow {
  readonly sha256: string;
  readonly facts: ImageRecord;
  readonly caseId: string;
  readonly patient: string;
  readonly hospital: string;
  readonly class: string | null;
  readonly ambiguous: boolean | null;
  readonly visibility: Visibility | null;
  /** Null where the image has no truth. */
  readonly outlines: readonly Outline[] | null;
}

async function readRows({ database }: Study, assignment: Assignment): Promise<AssignedRow[]> {
  const rows = await database
    .selectFrom("assigned_images")
    .innerJoin("images", "images.sha256", "assigned_images.image_sha256")
    .innerJoin("case_classes", "case_classes.case_id", "assigned_images.case_id")
    .innerJoin("patients", "patients.id", "assigned_images.patient_id")
    .leftJoin("image_truths", "image_truths.image_sha256", "images.sha256")
    .where("assigned_images.assignment", "=", assignment)
    .where("case_classes.exclusion", "is", null)
    .select([
      "images.sha256",
      "images.facts",
      "case_classes.case_id",
      "case_classes.class",
      "case_classes.ambiguous",
      "patients.id as patient",
      "patients.hospital",
      "image_truths.visibility",
      "image_truths.outlines",
    ])
    .orderBy("images.sha256")
    .execute();
  return rows.map((row) => {
    const where = `image ${row.sha256}`;
    return {
      sha256: row.sha256,
      facts: imageColumn.read(row.facts, where),
      caseId: row.case_id,
      patient: row.patient,
      hospital: row.hospital,
      class: row.class,
      ambiguous: row.ambiguous === null ? null : row.ambiguous === 1,
      visibility: row.visibility,
      outlines: row.outlines === null ? null : outlinesColumn.read(row.outlines, where),
    };
  });
}

function cocoImage(row: AssignedRow, id: number): CocoImage {
  const { sha256, facts, caseId, patient, hospital, visibility, ambiguous } = row;
  return {
    id,
    fileName: imagePath("", sha256, facts.format).replaceAll("\\", "/"),
    width: facts.width,
    height: facts.height,
    extra: {
      case: caseId,
      patient,
      hospital,
      view: facts.view,
      class: row.class,
      visibility,
      ambiguous,
      annotated: row.outlines !== null,
    },
  };
}

/** What of the class's outline lies in the image. */
function instancePolygons(row: AssignedRow, noFractureClass: string): Polygon[] {
  const wanted = row.class === noFractureClass ? noFractureClass : FRACTURE;
  const { width, height } = row.facts;
  return (row.outlines ?? [])
    .filter(({ structure }) => structure === wanted)
    .flatMap((outline) => outlinePolygons(outline, row.facts))
    .map((polygon) => clipPolygon(polygon, [0, 0, width, height]).map(rounded))
    .filter((polygon) => polygon.length >= 6 && polygonArea(polygon) > 0);
}

function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
