/** The tables of `frozen-heads-measured.ts`: heads beside each other on the same fractures, in Markdown. */
import {
  averagePrecision,
  type BootstrapOptions,
  bootstrap,
  type Evaluation,
  type LabeledImage,
  NO_FRACTURE,
} from "@malleolus/evaluation";
import type { Estimate } from "@malleolus/schema";
import { mean, median } from "./figures.ts";

type Fractures = Evaluation["fractures"];

interface Row {
  readonly name: string;
  /** The same fractures in the same order in every row. */
  readonly fractures: Fractures;
}

export interface BoxRow extends Row {
  readonly labeled: readonly LabeledImage[];
}

export const OVERLAPS = { seed: 1, resamples: 2000 };
/** Each of them matches every box anew. */
const PRECISIONS = { seed: 1, resamples: 300 };
/** The overlap of boxes that is asked for. */
const WELL_PLACED = 0.75;
const BOX_IOU_FROM = [0, 0.5, 0.6, WELL_PLACED] as const;

/** A row that is compared, and the one than which it is more or less. */
export type Compared = readonly [name: string, than: string];

/** Every row by itself, and what is compared. `groups` names each image's patient. */
export function boxTables(
  rows: readonly BoxRow[],
  compared: readonly Compared[],
  groups: readonly string[],
  classes: readonly string[],
): string {
  const overlaps = estimates(rows, compared, (fractures) => {
    const own = fractures.flatMap(({ found }) => (found === null ? [] : [found.boxIou]));
    const all = fractures.map(({ found }) => found?.boxIou ?? 0);
    const placed = mean(all.map((iou) => Number(iou >= WELL_PLACED)));
    return [median(own), mean(own), median(all), mean(all), placed];
  });
  const images = [...Map.groupBy(groups.keys(), (place) => groups[place]).values()];
  const precisions = withDifferences(rows, compared, images, PRECISIONS, (places) =>
    rows.map(({ labeled }) => {
      const own = places.map((place) => labeled[place]);
      const { averagePrecision: ap } = averagePrecision(own, classes, "box", [NO_FRACTURE]);
      return [ap.all, ap.iou50, ap.iou75];
    }),
  );
  const found = ({ fractures }: Row) => fractures.filter((one) => one.found !== null).length;
  const lines = rows.map((row, i) =>
    line(
      row.name,
      `${found(row)} of ${row.fractures.length}`,
      ...[...overlaps.own[i], ...precisions.own[i]].map(said),
    ),
  );
  const differences = compared.map(([name, than], i) =>
    line(`${name}, less ${than}`, "", ...[...overlaps.less[i], ...precisions.less[i]].map(said)),
  );
  const head = [
    "boxes",
    "found",
    "box IoU, median",
    "mean",
    "median, missed as 0",
    "mean, missed as 0",
    `of all from ${WELL_PLACED}`,
    "box AP",
    "AP50",
    "AP75",
  ];
  return table(head, [...lines, ...differences]);
}

/**
 * Of masks on the boxes that are found, on the annotated ones, and of the first row on either box of the same fractures: what
 * the box costs. Found and annotated fractures are the same ones in the same order.
 */
export function maskTables(
  onFound: readonly Row[],
  onTrue: readonly Row[],
  compared: readonly Compared[],
): string {
  const classes = [...new Set(onTrue[0].fractures.map((one) => one.class))].toSorted();
  const part = (where: string, rows: readonly Row[], pairs: readonly Compared[]) => {
    const { own, less } = estimates(rows, pairs, (fractures) => {
      const ious = fractures.flatMap(({ found }) => (found === null ? [] : [found.maskIou]));
      return [median(ious), mean(ious), mean(ious.map((iou) => (2 * iou) / (1 + iou)))];
    });
    const byClass = (fractures: Fractures) =>
      classes.map((name) => {
        const ofClass = fractures.filter((one) => one.class === name);
        return figure(mean(ofClass.flatMap(({ found }) => found?.maskIou ?? [])));
      });
    return [
      ...rows.map(({ name, fractures }, i) =>
        line(`${where}: ${name}`, ...own[i].map(said), ...byClass(fractures)),
      ),
      ...pairs.map(([name, than], i) =>
        line(`${where}: ${name}, less ${than}`, ...less[i].map(said), ...classes.map(() => "")),
      ),
    ];
  };
  const head = [
    "masks on boxes",
    "mask IoU, median",
    "mean",
    "Dice, mean",
    ...classes.map((name) => `IoU, ${name}`),
  ];
  const isFound = onFound[0].fractures.map(({ found }) => found !== null);
  const ofFound = (name: string, { fractures }: Row): Row => ({
    name,
    fractures: fractures.filter((_, place) => isFound[place]),
  });
  const { name: first } = onFound[0];
  const [onOwn, onAnnotated] = [`${first}, on the found box`, `${first}, on the annotated box`];
  const lines = [
    ...part("found", onFound, compared),
    ...part("annotated", onTrue, compared),
    ...part(
      "of the found alone",
      [ofFound(onAnnotated, onTrue[0]), ofFound(onOwn, onFound[0])],
      [[onAnnotated, onOwn]],
    ),
  ];
  return [table(head, lines), byOverlap(onFound[0].fractures)].join("\n");
}

/** How well a mask lies by how well its box does. */
function byOverlap(fractures: Fractures): string {
  const found = fractures.flatMap((one) => one.found ?? []);
  const lines = BOX_IOU_FROM.map((from, i) => {
    const below = BOX_IOU_FROM[i + 1] ?? 1.01;
    const own = found.filter(({ boxIou }) => boxIou >= from && boxIou < below);
    const upTo = below > 1 ? "1" : `${below}`;
    return line(`${from} to ${upTo}`, `${own.length}`, figure(mean(own.map((one) => one.maskIou))));
  });
  return table(["box IoU, as it is", "fractures", "mask IoU, mean"], lines);
}

/** Of every row, and of what is compared, by the same resamples of patients. */
function estimates(
  rows: readonly Row[],
  compared: readonly Compared[],
  statistics: (fractures: Fractures) => (number | null)[],
) {
  const [{ fractures: first }] = rows;
  const patients = [...Map.groupBy(first.keys(), (place) => first[place].patient).values()];
  return withDifferences(rows, compared, patients, OVERLAPS, (places) =>
    rows.map(({ fractures }) => statistics(places.map((place) => fractures[place]))),
  );
}

/** Of every row, and of what is compared. `clusters` are places of fractures or of images; the statistics are those of each row. */
export function withDifferences(
  rows: readonly { readonly name: string }[],
  compared: readonly Compared[],
  clusters: readonly number[][],
  options: BootstrapOptions,
  statistics: (places: readonly number[]) => (number | null)[][],
): { own: Estimate[][]; less: Estimate[][] } {
  const pairs = compared.map((pair) =>
    pair.map((name) => rows.findIndex((row) => row.name === name)),
  );
  const flat = bootstrap(
    clusters,
    (sample) => {
      const own = statistics(sample.flat());
      const less = pairs.map(([one, other]) =>
        own[one].map((value, i) => difference(value, own[other][i])),
      );
      return [...own, ...less].flat();
    },
    options,
  );
  const width = flat.length / (rows.length + pairs.length);
  const at = (place: number) => flat.slice(place * width, (place + 1) * width);
  return { own: rows.map((_, i) => at(i)), less: pairs.map((_, i) => at(rows.length + i)) };
}

function difference(value: number | null, from: number | null): number | null {
  return value === null || from === null ? null : value - from;
}

function said({ value, interval }: Estimate): string {
  if (interval === null) return figure(value);
  return `${figure(value)} (${interval.map((end) => figure(end)).join(" to ")})`;
}

function figure(value: number | null): string {
  return value === null ? "–" : value.toFixed(3).replace("-", "−");
}

function line(...cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], lines: readonly string[]): string {
  return [line(...head), `|${" --- |".repeat(head.length)}`, ...lines, ""].join("\n");
}
