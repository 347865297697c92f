/**
 * What an annotator made of each proposal, kept with the annotation: what was accepted is drawn as it was
 * proposed, and of what was mended or drawn anew it is known how far it was moved.
 */
import { borderDistance, type Polygon, polygonsIou, scalePolygon } from "@malleolus/geometry";
import {
  type Annotation,
  type ImageRecord,
  likeliestClass,
  type Outline,
  type ProposalDecision,
  type ProposedShape,
} from "@malleolus/schema";
import type { StudyTransaction } from "../../database/in-transaction.ts";
import { StudyError } from "../../errors.ts";
import type { Study } from "../../study.ts";
import type { FoundImage } from "../find-image.ts";
import { outlinePolygons } from "../outline-polygons.ts";
import { armOf } from "./assistance-arms.ts";
import {
  mayBeOffered,
  offeredOn,
  prelabelsOf,
  type StoredPrelabel,
} from "./proposal-visibility.ts";
import { borderOf } from "./shape-border.ts";

/**
 * @throws StudyError `record` for a decision that contradicts the annotation or has no proposal,
 *   for a case that is drawn without proposals, and where a proposal that was shown is left open.
 */
export async function recordDecisions(
  transaction: StudyTransaction,
  study: Study,
  image: FoundImage,
  annotation: Annotation,
  annotationId: number,
): Promise<void> {
  const { annotator, proposals, decisions = [], outlines, startedFrom } = annotation;
  const used = decisions.length > 0 || startedFrom !== undefined;
  const shown = proposals === "at once" || proposals === "after the first shape" || used;
  if (!shown) return;
  if (!(await mayBeOffered(transaction, image.caseId, annotator))) {
    const why =
      (await armOf(transaction, image.caseId)) === "unassisted"
        ? "its case is drawn without proposals"
        : `${annotator} has still to read its case blind`;
    throw refused(image, `an annotation without proposals, since ${why}`, "one with them");
  }
  const prelabels = await prelabelsOf(transaction, image.sha256);
  for (const decision of decisions) {
    const prelabel = prelabels.find(({ id }) => id === decision.prelabel);
    if (prelabel === undefined) {
      throw refused(image, "a decision on a prelabel of it", `number ${decision.prelabel}`);
    }
    const row = decisionRow(study, image, prelabel, decision, outlines);
    await transaction
      .insertInto("proposal_decisions")
      .values({ annotation_id: annotationId, prelabel_id: prelabel.id, ...row })
      .execute();
  }
  if (proposals === undefined || proposals === "never") return;
  const offered = await offeredOn(transaction, image.sha256, annotator);
  const open = (offered?.shapes ?? []).filter(({ decision }) => decision === null);
  if (open.length === 0) return;
  const names = open.map(({ structure }) => structure).join(", ");
  throw refused(image, "every proposal accepted, mended or rejected", `${names} left open`);
}

function decisionRow(
  study: Study,
  image: FoundImage,
  { record }: StoredPrelabel,
  decision: ProposalDecision,
  outlines: readonly Outline[],
) {
  const none = { overlap: null, distance_pixels: null, distance_mm: null };
  if (decision.of === "class") {
    checkClassDecision(study, image, record.probabilities, decision);
    const { is, class: name } = decision;
    return {
      kind: "class" as const,
      structure: null,
      decision: is,
      why: null,
      class: name,
      ...none,
    };
  }
  const { structure, is, why = null } = decision;
  const proposed = record.shapes.find((shape) => shape.structure === structure);
  if (proposed === undefined) throw refused(image, "a proposal of it", `none of ${structure}`);
  const drawn = outlines.find((outline) => outline.structure === structure);
  if (is !== "rejected" && drawn === undefined) {
    throw refused(image, `an outline of ${structure}, which is ${is}`, "none");
  }
  if (is === "accepted" && drawn !== undefined && !isAsProposed(drawn, proposed)) {
    throw refused(
      image,
      `${structure} as it was proposed, since it is accepted`,
      "another outline; what was changed is mended",
    );
  }
  const measured = drawn === undefined ? none : measure(drawn, proposed, image.facts);
  return { kind: "shape" as const, structure, decision: is, why, class: null, ...measured };
}

function checkClassDecision(
  { protocol }: Study,
  image: FoundImage,
  probabilities: StoredPrelabel["record"]["probabilities"],
  { is, class: name }: Extract<ProposalDecision, { of: "class" }>,
): void {
  if (probabilities === null) throw refused(image, "a proposal of a class", "none");
  const ids = protocol.classes.map(({ id }) => id);
  const proposed = likeliestClass(probabilities).class;
  if (is !== "rejected" && (name === proposed) !== (is === "accepted")) {
    const expected = is === "accepted" ? `${proposed}, as it was proposed` : `not ${proposed}`;
    throw refused(image, `${expected}, since the class is ${is}`, name ?? "none");
  }
  if (name === null ? is !== "rejected" : !ids.includes(name)) {
    throw refused(image, `one of ${ids.join(", ")} for a class that is ${is}`, `"${name ?? ""}"`);
  }
}

/** As its polygons, or as its open line. */
function isAsProposed(drawn: Outline, proposed: ProposedShape): boolean {
  const { polygons, lines = [] } = drawn;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  return (
    (lines.length === 0 && same(polygons, proposed.polygons)) ||
    (polygons.length === 0 && proposed.line !== null && same(lines, [proposed.line]))
  );
}

function measure(drawn: Outline, proposed: ProposedShape, facts: ImageRecord) {
  const { structure, polygons } = proposed;
  if (isAsProposed(drawn, proposed)) return { overlap: 1, ...apart([], facts) };
  const was = outlinePolygons({ structure, polygons: polygons.map((ring) => [...ring]) }, facts);
  const is = outlinePolygons(drawn, facts);
  return { overlap: polygonsIou(was, is, facts), ...apart([was, is], facts) };
}

/** The mean distance of the borders of two shapes; 0 for none. */
function apart(shapes: readonly (readonly Polygon[])[], { pixelSpacingMm }: ImageRecord) {
  if (shapes.length === 0) {
    return { distance_pixels: 0, distance_mm: pixelSpacingMm === null ? null : 0 };
  }
  const [was, is] = shapes.map(borderOf);
  const scaled = (rings: readonly Polygon[], [row, column]: readonly [number, number]) =>
    rings.map((ring) => scalePolygon(ring, column, row));
  const inMm =
    pixelSpacingMm === null
      ? null
      : borderDistance(scaled(was, pixelSpacingMm), scaled(is, pixelSpacingMm));
  return {
    distance_pixels: borderDistance(was, is)?.mean ?? null,
    distance_mm: inMm?.mean ?? null,
  };
}

function refused(image: FoundImage, expected: string, got: string): StudyError {
  return new StudyError("record", `image ${image.sha256}: expected ${expected}, got ${got}`);
}
