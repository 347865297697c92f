/**
 * Two arms of `fold-probes` on the same radiographs: by how much one is better, with 95 % intervals of the bootstrap over groups
 * of near-duplicates, each half and the mean of both. Started by hand, minutes:
 *
 *     node experiments/fold-pairs.ts FRACATLAS OUT ARM OTHER [RESAMPLES]
 *
 * OUT is `fold-probes`' folder, ARM and OTHER are names of arms; halves that either has not been measured on are left out.
 * RESAMPLES is 400 unless given. Prints Markdown: what ARM has, what OTHER has, OTHER less ARM.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCocoFile } from "@malleolus/data";
import {
  aucOf,
  averagePrecision,
  bootstrap,
  type LabeledImage,
  runsOfOutlines,
  trueObject,
} from "@malleolus/evaluation";
import { boxArea } from "@malleolus/geometry";
import { findingSchema } from "@malleolus/schema";
import { z } from "zod";
import { mean } from "./figures.ts";

const [fracatlas, out, ...rest] = process.argv.slice(2);
const [first, second, resamplesText = "400"] = rest;
const resamples = Number(resamplesText);
if (second === undefined || !(resamples >= 1)) {
  console.error("usage: node experiments/fold-pairs.ts FRACATLAS OUT ARM OTHER [RESAMPLES]");
  process.exit(2);
}

/** What the detectors of both arms say of one radiograph. */
interface Pair {
  readonly half: number;
  readonly group: string;
  readonly sides: readonly [LabeledImage, LabeledImage];
}

const FIGURES = ["box AP50", "mask AP50", "image AUC, head", "image AUC, highest score"] as const;
const lineSchema = z.looseObject({
  image: z.int(),
  findings: z.array(findingSchema),
  shown: z.record(z.string(), z.number()).optional(),
});

const pairs: Pair[] = [];
for (const half of [0, 1]) pairs.push(...(await pairsOf(half)));
const halves = [...new Set(pairs.map(({ half }) => half))];
if (halves.length === 0) throw new Error(`${out}: expected both arms on a half, got none`);
for (const half of halves) {
  const own = pairs.filter((pair) => pair.half === half);
  const fractured = own.filter(({ sides }) => sides[0].truths.length > 0).length;
  console.log(`half ${half}: ${own.length} radiographs, ${fractured} with a fracture`);
}
const clusters = [...Map.groupBy(pairs, ({ half, group }) => `${half} ${group}`).values()];
const estimates = bootstrap(clusters, (sample) => statistics(sample.flat()), {
  seed: 1,
  resamples,
});
const parts = [...halves.map((half) => `half ${half}`), ...(halves.length > 1 ? ["mean"] : [])];
console.log(`\n| | | ${first} | ${second} | difference |\n|---|---|---|---|---|`);
for (const [p, part] of parts.entries()) {
  for (const [f, name] of FIGURES.entries()) {
    const [one, other, less] = [0, 1, 2].map((k) => estimates[(p * FIGURES.length + f) * 3 + k]);
    console.log(`| ${part} | ${name} | ${said(one)} | ${said(other)} | ${said(less)} |`);
  }
}

/** Part by part and figure by figure: of either arm, and the difference. */
function statistics(sample: readonly Pair[]): (number | null)[] {
  const byHalf = halves.map((half) => {
    const own = sample.filter((pair) => pair.half === half);
    const figures = ([0, 1] as const).map((side) => figuresOf(own.map(({ sides }) => sides[side])));
    return FIGURES.map((_, f) => {
      const [one, other] = figures.map((side) => side[f]);
      return [one, other, one === null || other === null ? null : other - one];
    });
  });
  const all = byHalf.flat(2);
  if (halves.length === 1) return all;
  const means = byHalf[0].flat().map((value, i) => {
    const both = byHalf.map((figures) => figures.flat()[i]).filter((one) => one !== null);
    return both.length === byHalf.length && value !== null ? mean(both) : null;
  });
  return [...all, ...means];
}

function figuresOf(images: readonly LabeledImage[]): (number | null)[] {
  const precision = (shape: "box" | "mask") =>
    averagePrecision(images, ["fracture"], shape).averagePrecision.iou50;
  const isFractured = images.map(({ truths }) => truths.length > 0);
  const auc = (score: (image: LabeledImage) => number) =>
    aucOf(images.map(score), isFractured)?.auc ?? null;
  return [
    precision("box"),
    precision("mask"),
    auc(({ shown }) => shown?.fracture ?? 0),
    auc(({ detections }) => Math.max(0, ...detections.map(({ score }) => score))),
  ];
}

/** Radiographs of a half that both arms were measured on. */
async function pairsOf(half: number): Promise<Pair[]> {
  const logs = [first, second].map((arm) =>
    join(out, `${arm.replaceAll(" ", "-")}-${half}`, "evaluation"),
  );
  if (!logs.every((folder) => existsSync(join(folder, "evaluation.json")))) return [];
  const [one, other] = logs.map((folder) => seenOf(join(folder, "predictions.jsonl")));
  const coco = await readCocoFile(join(out, `half-${half}.json`));
  const groups = new Map(
    z
      .object({ images: z.array(z.looseObject({ id: z.number(), group: z.string() })) })
      .parse(JSON.parse(readFileSync(join(fracatlas, "train.json"), "utf8")))
      .images.map(({ id, group }) => [id, group]),
  );
  return coco.images.flatMap(({ id, width, height }) => {
    const seen = [one.get(id), other.get(id)];
    if (seen[0] === undefined || seen[1] === undefined) return [];
    const truths = (coco.annotationsByImage.get(id) ?? []).map((annotation) =>
      trueObject({ ...annotation, class: "fracture" }, { width, height }),
    );
    const labeled = ({ findings, shown }: z.infer<typeof lineSchema>): LabeledImage => ({
      truths,
      detections: findings.map(({ class: name, score, box, polygons }) => ({
        class: name,
        score,
        box,
        boxArea: boxArea(box),
        mask: runsOfOutlines(polygons, width, height),
      })),
      shown: shown ?? null,
    });
    return [
      { half, group: groups.get(id) ?? `${id}`, sides: [labeled(seen[0]), labeled(seen[1])] },
    ];
  });
}

function seenOf(path: string): Map<number, z.infer<typeof lineSchema>> {
  const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const found = lineSchema.parse(JSON.parse(line));
      return [found.image, found];
    }),
  );
}

function said({ value, interval }: ReturnType<typeof bootstrap>[number]): string {
  if (value === null) return "–";
  const text = (one: number) => one.toFixed(3).replace("-", "−");
  return interval === null ? text(value) : `${text(value)} (${interval.map(text).join(" to ")})`;
}
