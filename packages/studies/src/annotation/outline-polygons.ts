/** Outlines as polygons alone: an open line becomes the band that it stands for. */
import { maskIou, type Polygon, polygonBounds, rasterizePolygons } from "@malleolus/geometry";
import type { ImageRecord, Outline, StructureAgreement, WidenedLine } from "@malleolus/schema";

/** Corners of the disc at each point of a line: between it and a circle lie 2 % of the width. */
const DISC_CORNERS = 16;

/** Polygons whose union is the outline, in pixels of the image. */
export function outlinePolygons(
  { structure, polygons, lines = [] }: Outline,
  facts: ImageRecord,
): Polygon[] {
  if (lines.length === 0) return [...polygons];
  const spacing = facts.pixelSpacingMm;
  if (spacing === null) {
    throw new Error(`internal: ${structure} is a line on an image without a pixel spacing`);
  }
  return [...polygons, ...lines.flatMap((line) => bandPolygons(line, spacing))];
}

/**
 * How two annotators agree on an image, by the protocol's measure: the overlap of their masks on the
 * image's own pixels, for every structure that either drew, by name.
 */
export function agreementOf(
  one: readonly Outline[],
  other: readonly Outline[],
  facts: ImageRecord,
): StructureAgreement[] {
  const structures = new Set([...one, ...other].map(({ structure }) => structure));
  return [...structures].toSorted().map((structure) => {
    const [a, b] = [one, other].map((all) =>
      all
        .filter((outline) => outline.structure === structure)
        .flatMap((outline) => outlinePolygons(outline, facts)),
    );
    return { structure, iou: a.length === 0 || b.length === 0 ? 0 : polygonsIou(a, b, facts) };
  });
}

function polygonsIou(a: readonly Polygon[], b: readonly Polygon[], facts: ImageRecord): number {
  const [, , right, bottom] = polygonBounds(...a, ...b);
  // Nothing is set beyond; moving the outlines to a smaller mask would round them otherwise.
  const width = Math.max(1, Math.min(facts.width, Math.ceil(right) + 1));
  const height = Math.max(1, Math.min(facts.height, Math.ceil(bottom) + 1));
  return maskIou(rasterizePolygons(a, width, height), rasterizePolygons(b, width, height));
}

/** A rectangle along every part of the line and a disc at every point. */
function bandPolygons(
  { points, widthMm }: WidenedLine,
  [rowMm, columnMm]: readonly [number, number],
): Polygon[] {
  const radius = widthMm / 2;
  const band: Polygon[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] * columnMm, points[i + 1] * rowMm];
    band.push(discPolygon(x, y, radius));
    if (i === 0) continue;
    const [fromX, fromY] = [points[i - 2] * columnMm, points[i - 1] * rowMm];
    const length = Math.hypot(x - fromX, y - fromY);
    if (length === 0) continue;
    const acrossX = (-(y - fromY) / length) * radius;
    const acrossY = ((x - fromX) / length) * radius;
    band.push([
      fromX + acrossX,
      fromY + acrossY,
      x + acrossX,
      y + acrossY,
      x - acrossX,
      y - acrossY,
      fromX - acrossX,
      fromY - acrossY,
    ]);
  }
  return band.map((ring) => ring.map((value, i) => value / (i % 2 === 0 ? columnMm : rowMm)));
}

function discPolygon(x: number, y: number, radius: number): Polygon {
  return Array.from({ length: DISC_CORNERS }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / DISC_CORNERS;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  }).flat();
}
