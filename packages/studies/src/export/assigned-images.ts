/**
 * Assigned radiographs, each with its truth: its case's class, and where on it the instance lies that
 * this class means.
 *
 * A fracture's instance is its outline; without a fracture it is the outline drawn as the protocol's
 * class of no fracture. What an assignment is written down as is another file's business.
 */
import {
  type Box,
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
  type View,
  type Visibility,
} from "@malleolus/schema";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { imagePath } from "../image-store.ts";
import type { Study } from "../study.ts";

export interface AssignedRadiograph {
  readonly sha256: string;
  /** Relative to the study's images, with slashes. */
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  readonly pixelSpacingMm: ImageRecord["pixelSpacingMm"];
  readonly view: View | null;
  readonly caseId: string;
  readonly patient: string;
  readonly hospital: string;
  /** Of the case: the panel's, else the observers'. */
  readonly class: string | null;
  /** Whether its readers differed at first; null as long as nobody has decided. */
  readonly ambiguous: boolean | null;
  readonly visibility: Visibility | null;
  /** Whether it has its truth. */
  readonly annotated: boolean;
  /** Null without an outline of the class. */
  readonly instance: { readonly polygons: readonly Polygon[]; readonly box: Box } | null;
}

/** Outlines keep a hundredth of a pixel. */
const DECIMALS = 100;

/** By their hash. Cases that the reference panel left out are not among them. */
export async function assignedImages(
  { database, protocol }: Study,
  assignment: Assignment,
): Promise<AssignedRadiograph[]> {
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
    const facts = imageColumn.read(row.facts, where);
    const outlines = row.outlines === null ? null : outlinesColumn.read(row.outlines, where);
    const wanted = row.class === protocol.noFractureClass ? protocol.noFractureClass : FRACTURE;
    const polygons = instancePolygons(outlines ?? [], wanted, facts);
    return {
      sha256: row.sha256,
      fileName: imagePath("", row.sha256, facts.format).replaceAll("\\", "/"),
      width: facts.width,
      height: facts.height,
      pixelSpacingMm: facts.pixelSpacingMm,
      view: facts.view,
      caseId: row.case_id,
      patient: row.patient,
      hospital: row.hospital,
      class: row.class,
      ambiguous: row.ambiguous === null ? null : row.ambiguous === 1,
      visibility: row.visibility,
      annotated: outlines !== null,
      instance: polygons.length === 0 ? null : { polygons, box: polygonBounds(...polygons) },
    };
  });
}

/** What of the class's outline lies in the image. */
function instancePolygons(
  outlines: readonly Outline[],
  wanted: string,
  facts: ImageRecord,
): Polygon[] {
  return outlines
    .filter(({ structure }) => structure === wanted)
    .flatMap((outline) => outlinePolygons(outline, facts))
    .map((polygon) => clipPolygon(polygon, [0, 0, facts.width, facts.height]).map(rounded))
    .filter((polygon) => polygon.length >= 6 && polygonArea(polygon) > 0);
}

function rounded(value: number): number {
  return Math.round(value * DECIMALS) / DECIMALS;
}
