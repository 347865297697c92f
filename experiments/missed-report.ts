/** What `missed-fractures.ts` says of fractures that are not found: records, a table, and medians. Not started by hand. */
import type { CocoAnnotation } from "@malleolus/data";
import { boxArea, boxHeight, boxWidth } from "@malleolus/geometry";
import {
  FOUND_IOU,
  FOUND_SCORE,
  type ScoredBox,
  type Staged,
  type StagedRadiograph,
} from "./missed-stages.ts";

/** The overlap from which a proposal can become the fracture. */
export const PROPOSED_IOU = 0.5;

export interface Outlined {
  readonly fileName: string;
  readonly path: string;
  readonly group: string;
  readonly region: string;
  readonly hasHardware: boolean;
  readonly width: number;
  readonly height: number;
  readonly annotations: readonly CocoAnnotation[];
}

export interface Fracture {
  readonly radiograph: Outlined;
  readonly annotation: CocoAnnotation;
  readonly seen: StagedRadiograph;
  readonly staged: Staged;
  /** Of length 1. */
  readonly features: Float32Array;
  readonly patch: Float32Array;
  /** The finding, from 0.05 on, that overlaps it most, and the same of any score; null where none does. */
  readonly finding: Overlapping | null;
  readonly faint: Overlapping | null;
  readonly isFound: boolean;
}

export interface Overlapping extends ScoredBox {
  readonly iou: number;
}

export interface Neighbor {
  readonly fracture: Fracture;
  readonly similarity: number;
}

export interface Examined {
  readonly fracture: Fracture;
  readonly cause: string;
  readonly byFeatures: readonly Neighbor[];
  readonly byPatch: readonly Neighbor[];
  /** How many trained fractures are at least as near as half of these have their own nearest. */
  readonly near: number;
  /** The greatest overlap with an outline of a near-duplicate; null where there is none. */
  readonly outlinedAgain: number | null;
}

/** As missed.json has it. */
export function recordOf({ fracture, cause, near, outlinedAgain: again, ...nearest }: Examined) {
  const { radiograph, annotation, seen, staged, finding, faint } = fracture;
  const named = (all: readonly Neighbor[]) =>
    all.map(({ fracture: other, similarity }) => ({
      fileName: other.radiograph.fileName,
      annotation: other.annotation.id,
      region: other.radiograph.region,
      similarity,
      isFound: other.isFound,
    }));
  const { features: _, ...stage } = staged;
  return {
    fileName: radiograph.fileName,
    annotation: annotation.id,
    region: radiograph.region,
    hardware: radiograph.hasHardware,
    size: [boxWidth(annotation.box), boxHeight(annotation.box)],
    share: shareOf(fracture),
    cause,
    ...stage,
    finding,
    faint,
    shown: seen.shown,
    near,
    outlinedAgain: again,
    byFeatures: named(nearest.byFeatures),
    byPatch: named(nearest.byPatch),
  };
}

/** Prints a row for each fracture that is not found, how many were lost where, and both kinds side by side. */
export function printReport(all: readonly Examined[]): void {
  const missed = all.filter(({ fracture }) => !fracture.isFound);
  console.log(
    "| radiograph | region | size, share | cause | finding from 0.05: IoU, score | any: IoU, score | proposal | true box | image | near | nearest found | outlined again |",
  );
  console.log("|---|---|---|---|---|---|---|---|---|---|---|---|");
  for (const row of missed) console.log(`| ${cellsOf(row).join(" | ")} |`);
  for (const [cause, own] of Map.groupBy(missed, (row) => row.cause)) {
    console.log(`${cause}: ${own.length}`);
  }
  const count = (isSo: (one: Fracture) => boolean) =>
    missed.filter(({ fracture }) => isSo(fracture)).length;
  const isAt = (score: number) => score >= FOUND_SCORE;
  console.log(
    `whatever the cause: a proposal overlaps ${count(({ staged }) => staged.proposed >= PROPOSED_IOU)} of ${missed.length} by ` +
      `${PROPOSED_IOU}; a box there has ${FOUND_SCORE} before suppression in ${count(({ staged }) => isAt(staged.regressed))}, ` +
      `after it in ${count(({ staged }) => isAt(staged.unsuppressed))}, weighed in ${count(({ staged }) => isAt(staged.weighed))}; ` +
      `the true box itself has it in ${count(({ staged }) => isAt(staged.given))}; a faint finding overlaps by ${FOUND_IOU} in ` +
      `${count(({ faint }) => (faint?.iou ?? 0) >= FOUND_IOU)}`,
  );
  describe("not found", missed);
  describe(
    "found",
    all.filter(({ fracture }) => fracture.isFound),
  );
}

function cellsOf(row: Examined): string[] {
  const { radiograph, seen, staged, finding, faint } = row.fracture;
  const both = (one: Overlapping | null) =>
    one === null ? "–" : `${text(one.iou)}, ${one.score.toFixed(3)}`;
  return [
    `${radiograph.fileName} (${row.fracture.annotation.id})`,
    `${radiograph.region}${radiograph.hasHardware ? ", hardware" : ""}`,
    `${sizeOf(row.fracture)}, ${share(row.fracture)}`,
    row.cause,
    both(finding),
    both(faint),
    text(staged.proposed),
    text(staged.given),
    text(seen.shown),
    `${row.near}`,
    `${foundOf(row.byFeatures)} and ${foundOf(row.byPatch)} of ${row.byFeatures.length}`,
    text(row.outlinedAgain),
  ];
}

function foundOf(neighbors: readonly Neighbor[]): number {
  return neighbors.filter(({ fracture }) => fracture.isFound).length;
}

/** Medians and shares, for what fractures of one kind have in common. */
function describe(name: string, own: readonly Examined[]): void {
  const regions = [...Map.groupBy(own, ({ fracture }) => fracture.radiograph.region)]
    .map(([region, some]) => `${some.length} ${region}`)
    .join(", ");
  const middle = (part: (one: Fracture) => number) =>
    median(own.map(({ fracture }) => part(fracture)));
  const shareWith = (isSo: (one: Fracture) => boolean) =>
    (own.filter(({ fracture }) => isSo(fracture)).length / own.length).toFixed(2);
  const foundNear = (part: "byFeatures" | "byPatch") => {
    const neighbors = own.flatMap((one) => one[part]);
    return (foundOf(neighbors) / neighbors.length).toFixed(2);
  };
  console.log(
    `${name}, ${own.length}: ${regions}; hardware ${shareWith((one) => one.radiograph.hasHardware)}; another fracture on the ` +
      `radiograph ${shareWith(({ radiograph }) => radiograph.annotations.length > 1)}; medians: greater side ` +
      `${middle(({ annotation: { box } }) => Math.max(boxWidth(box), boxHeight(box))).toFixed(0)} pixels, share ` +
      `${(100 * middle(shareOf)).toFixed(2)} %, true box's score ${text(middle(({ staged }) => staged.given))}, image head ` +
      `${text(middle(({ seen }) => seen.shown ?? Number.NaN))}, proposal ${text(middle(({ staged }) => staged.proposed))}, ` +
      `nearest ${text(median(own.map(({ byFeatures: [first] }) => first.similarity)))} by the box head and ` +
      `${text(median(own.map(({ byPatch: [first] }) => first.similarity)))} by patches, as near ` +
      `${median(own.map(({ near }) => near))}; of the nearest found ${foundNear("byFeatures")} and ${foundNear("byPatch")}`,
  );
}

/** In the radiograph's pixels. */
export function sizeOf({ annotation: { box } }: Fracture): string {
  return `${boxWidth(box).toFixed(0)} x ${boxHeight(box).toFixed(0)}`;
}

function shareOf({ radiograph: { width, height }, annotation: { box } }: Fracture): number {
  return boxArea(box) / (width * height);
}

/** Of its radiograph. */
export function share(one: Fracture): string {
  return `${(100 * shareOf(one)).toFixed(2)} %`;
}

export function text(value: number | null): string {
  return value?.toFixed(2) ?? "–";
}

/** Not a number for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
