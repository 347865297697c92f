/** What was drawn in the reading room as outlines of an annotation, and what of it no annotation may have. */
import { lineCrossings, polygonArea, ringCrossings } from "@malleolus/geometry";
import {
  type Annotation,
  type DrawnShape,
  FRACTURE,
  type ImageRecord,
  type Outline,
} from "@malleolus/schema";
import { StudyError } from "../../errors.ts";

/** Each structure with all its parts. */
export function outlinesOf(shapes: readonly DrawnShape[]): Outline[] {
  return [...Map.groupBy(shapes, ({ structure }) => structure)].map(([structure, parts]) => {
    const polygons = parts.filter(({ form }) => form === "polygon").map(({ points }) => points);
    const lines = parts.flatMap(({ points, widthMm }) =>
      widthMm === null ? [] : [{ points: [...points], widthMm }],
    );
    return { structure, polygons, ...(lines.length === 0 ? {} : { lines }) };
  });
}

/** What a page marks and does not submit; another client must not either. */
export function requireSound(
  { structure, form, points }: DrawnShape,
  { width, height }: ImageRecord,
): void {
  const refuse = (what: string) => {
    throw new StudyError("record", `A shape of ${structure} ${what}. Mend it, then submit again.`);
  };
  const crossings = form === "polygon" ? ringCrossings(points) : lineCrossings(points);
  if (crossings.length > 0) refuse("crosses itself");
  if (form === "polygon" && polygonArea(points) < 1) refuse("encloses nothing");
  const isInside = points.every(
    (value, i) => value >= 0 && value <= (i % 2 === 0 ? width : height),
  );
  if (!isInside) refuse("leaves the radiograph");
}

/** What `checkMeaning` refuses, without a word of the class. */
export function requireMeaning(
  { visibility, outlines }: Annotation,
  { facts }: { readonly facts: ImageRecord },
  hasFracture: boolean,
): void {
  const where = `on the ${facts.view ?? "unnamed"} view`;
  const refuse = (what: string) => {
    throw new StudyError("record", `${what} ${where}.`);
  };
  const isDrawn = outlines.some(({ structure }) => structure === FRACTURE);
  if (!hasFracture) {
    if (isDrawn || visibility !== null) refuse("This case has no fracture: take it away");
    return;
  }
  if (visibility === null) refuse("Say how the fracture is seen");
  if (visibility === "impossible" && isDrawn) refuse("A fracture is drawn that is impossible");
  if (visibility !== "impossible" && !isDrawn) refuse("The fracture is not drawn");
}
