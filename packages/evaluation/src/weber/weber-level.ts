/**
 * The class of a fracture by Danis and Weber from where its line crosses the fibula: in millimetres
 * above the plafond, with the zones of the protocol. A line that stays below is A, one that begins
 * within the syndesmosis is B, one that lies wholly above it is C.
 *
 * What it is not: the class by which a case counts. It is a second opinion that can be checked with a
 * ruler, beside the network's; without bones in view, or millimetres, it has none.
 */
import type { Mask } from "@malleolus/geometry";
import type { Protocol } from "@malleolus/schema";
import { EvaluationError } from "../errors.ts";
import type { PixelSpacing } from "../segmentation/distance-transform.ts";
import { type LegFrame, legFrame } from "./leg-frame.ts";

/** What is outlined on one radiograph, all of one size; null where it is not. */
export interface OutlinedAnkle {
  readonly tibia: Mask | null;
  readonly fibula: Mask | null;
  readonly fracture: Mask | null;
  /** Millimetres a pixel, DICOM's order; null where the file gives none. */
  readonly spacingMm: PixelSpacing | null;
}

export type WeberZones = Pick<Protocol["zonesMm"], "fractureLine" | "weberAEnds" | "weberCBegins">;

export interface FractureLevel {
  /** Ends of the line above the plafond, where it lies on the fibula. */
  readonly lowestMm: number;
  readonly highestMm: number;
}

/** Why there is no level. */
export type NotDeterminable =
  | "no fracture"
  | "no fibula"
  | "no tibia"
  | "no millimetres"
  | "not on the fibula";

export type LevelResult =
  | { readonly level: FractureLevel; readonly missing: null }
  | { readonly level: null; readonly missing: NotDeterminable };

/** Of the line's pixels so many at either end are left out: what an outline frays to. */
const FRAYED = 0.02;

/** @throws EvaluationError `input` for masks of unlike size. */
export function fractureLevel(
  { tibia, fibula, fracture, spacingMm }: OutlinedAnkle,
  { fractureLine }: Pick<WeberZones, "fractureLine">,
): LevelResult {
  if (fracture === null || isEmpty(fracture)) return missing("no fracture");
  if (fibula === null || isEmpty(fibula)) return missing("no fibula");
  if (tibia === null || isEmpty(tibia)) return missing("no tibia");
  checkSizes([fracture, fibula, tibia]);
  if (spacingMm === null) return missing("no millimetres");
  return levelInFrame({ fracture, fibula }, legFrame(tibia, spacingMm), { fractureLine });
}

/**
 * The same in the frame of a tibia, which is worth keeping where several fractures are asked of one radiograph;
 * null is a tibia of which too little is seen.
 */
export function levelInFrame(
  { fibula, fracture }: { readonly fibula: Mask; readonly fracture: Mask },
  frame: LegFrame | null,
  { fractureLine }: Pick<WeberZones, "fractureLine">,
): LevelResult {
  if (frame === null) return missing("no tibia");
  const { width } = fracture;
  const heights: number[] = [];
  for (let i = 0; i < fracture.data.length; i++) {
    if (fracture.data[i] === 1 && fibula.data[i] === 1) {
      heights.push(frame.heightMm((i % width) + 0.5, Math.floor(i / width) + 0.5));
    }
  }
  if (heights.length === 0) return missing("not on the fibula");
  heights.sort((a, b) => a - b);
  const low = heights[Math.floor(FRAYED * (heights.length - 1))];
  const high = heights[Math.ceil((1 - FRAYED) * (heights.length - 1))];
  // The line was widened when it was outlined, by half of this on both sides.
  const half = Math.min(fractureLine, high - low) / 2;
  return { level: { lowestMm: low + half, highestMm: high - half }, missing: null };
}

/**
 * Of one patient's levels, one a radiograph: the mean of their ends, since each view measures the same
 * line from another side. Null without any.
 */
export function patientLevel(levels: readonly FractureLevel[]): FractureLevel | null {
  if (levels.length === 0) return null;
  const mean = (of: (level: FractureLevel) => number) =>
    levels.reduce((sum, level) => sum + of(level), 0) / levels.length;
  return { lowestMm: mean((one) => one.lowestMm), highestMm: mean((one) => one.highestMm) };
}

/**
 * The class of a level. `classes` are the protocol's fracture classes, from the lowest to the highest.
 *
 * @throws EvaluationError `input` for a protocol without three classes of fractures.
 */
export function weberClassAt(
  { lowestMm, highestMm }: FractureLevel,
  { weberAEnds, weberCBegins }: Pick<WeberZones, "weberAEnds" | "weberCBegins">,
  classes: readonly string[],
): string {
  if (classes.length !== 3) {
    throw new EvaluationError(
      "input",
      `weberClassAt: expected three classes of fractures, low to high, got ${classes.join(", ")}`,
    );
  }
  const [belowPlafond, atSyndesmosis, above] = classes;
  if (highestMm <= weberAEnds) return belowPlafond;
  return lowestMm <= weberCBegins ? atSyndesmosis : above;
}

function missing(why: NotDeterminable): LevelResult {
  return { level: null, missing: why };
}

function isEmpty({ data }: Mask): boolean {
  return !data.includes(1);
}

function checkSizes(masks: readonly Mask[]): void {
  const [{ width, height }] = masks;
  const other = masks.find((mask) => mask.width !== width || mask.height !== height);
  if (other === undefined) return;
  throw new EvaluationError(
    "input",
    `fractureLevel: expected masks of one size, got ${width} x ${height} and ` +
      `${other.width} x ${other.height}`,
  );
}
