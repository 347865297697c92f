/** Drawings that a senior settles: as lines below one's own, and as shapes that can be mended. */
import type { DrawnShape, SettlingDrawing, SettlingRadiograph } from "@malleolus/schema";
import type { OtherDrawing } from "../annotator/annotation-scene.ts";
import type { Extent } from "../view/camera.ts";

/** What is to hold: one of the drawings by its place, or one's own. */
export type Choice = 0 | 1 | "own";

/** The first is solid and the second has long dashes; while a third is made of them, the first has dots. */
const PATTERNS = [[], [12, 4]] as const;
const BESIDE_OWN = [
  [2, 4],
  [12, 4],
] as const;

export function othersOf(
  { drawings, settled }: Pick<SettlingRadiograph, "drawings" | "settled">,
  choice: Choice | null,
): readonly OtherDrawing[] {
  const patterns = choice === "own" && settled === null ? BESIDE_OWN : PATTERNS;
  return drawings.flatMap(({ outlines }, place) =>
    outlines.flatMap(({ structure, polygons, lines = [] }) => {
      const look = { structure, dash: patterns[place === 0 ? 0 : 1], isChosen: choice === place };
      return [
        ...polygons.map((points) => ({ ...look, points, isClosed: true })),
        ...lines.map(({ points }) => ({ ...look, points, isClosed: false })),
      ];
    }),
  );
}

/** A copy of a drawing, to be mended; `prefix` keeps its shapes apart from those of other radiographs. */
export function shapesOf(
  { outlines }: Pick<SettlingDrawing, "outlines">,
  image: string,
  prefix: string,
): DrawnShape[] {
  const parts = outlines.flatMap(({ structure, polygons, lines = [] }) => [
    ...polygons.map((points) => ({
      structure,
      form: "polygon" as const,
      points: [...points],
      widthMm: null,
    })),
    ...lines.map(({ points, widthMm }) => ({
      structure,
      form: "line" as const,
      points: [...points],
      widthMm,
    })),
  ]);
  return parts.map((part, index) => ({
    ...part,
    id: `${prefix}-${index}`,
    image,
    order: index,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
  }));
}

/**
 * Where two drawings of a radiograph lie apart: the extent of the structures that overlap least, of those that only
 * one of them has, first. Null where there is nothing to look at.
 */
export function disagreementOf({
  drawings,
  agreement,
}: Pick<SettlingRadiograph, "drawings" | "agreement">): Extent | null {
  const least = Math.min(...agreement.map(({ iou }) => iou));
  const worst = agreement.filter(({ iou }) => iou === least).map(({ structure }) => structure);
  const rings = drawings.flatMap(({ outlines }) =>
    outlines
      .filter(({ structure }) => worst.includes(structure))
      .flatMap(({ polygons, lines = [] }) => [...polygons, ...lines.map(({ points }) => points)]),
  );
  if (rings.length === 0) return null;
  const xs = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 0));
  const ys = rings.flatMap((ring) => ring.filter((_, i) => i % 2 === 1));
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  return { left, top, right, bottom };
}

/** What differs before what agrees and what is settled, and of that the least overlap first. */
export function worstFirst(radiographs: readonly SettlingRadiograph[]): SettlingRadiograph[] {
  const rank = ({ settled, differs }: SettlingRadiograph) =>
    settled !== null ? 2 : differs ? 0 : 1;
  const iou = ({ agreement }: SettlingRadiograph) => agreement[0]?.iou ?? 1;
  return radiographs.toSorted((a, b) => rank(a) - rank(b) || iou(a) - iou(b));
}
