/**
 * How good the preliminary networks are on simulated radiographs that they were not trained on: Dice and
 * distance of surfaces for each structure, how much of the fracture's line is found, areas under curves for
 * each class; with intervals that draw whole patients. Started by hand, with the folder that
 * `preliminary-sets.ts` wrote and the runs of both networks:
 *
 *     node experiments/preliminary-measures.ts SETS ARCHIVE [--segmentation RUN] [--classification RUN] \
 *       [--patients COUNT]
 *
 * A fracture's Dice is that of its line widened to 3 mm. A radiograph on which the fracture cannot be seen
 * has no line, and is in no class.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type CocoDataset, parseCoco, readRadiograph } from "@malleolus/data";
import { aucOf, bootstrap, centerLineRecall, maskAgreement } from "@malleolus/evaluation";
import { paintLabels, structureMask } from "@malleolus/imaging";
import { openClassifier, openSegmenter } from "@malleolus/networks";
import { findDetector } from "@malleolus/runs";

const WITHIN_MM = 3;
const RESAMPLES = { seed: 1, resamples: 2000 };

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    segmentation: { type: "string" },
    classification: { type: "string" },
    patients: { type: "string" },
  },
});
const [sets, archive] = positionals;
if (sets === undefined || archive === undefined) {
  console.error(
    "usage: node experiments/preliminary-measures.ts SETS ARCHIVE [--segmentation RUN] [--classification RUN]",
  );
  process.exit(2);
}

if (values.segmentation !== undefined) await measureSegmentation(values.segmentation);
if (values.classification !== undefined) await measureClassification(values.classification);

interface Measured {
  readonly patient: string;
  /** By name; null where the radiograph does not have what it takes. */
  readonly measures: Readonly<Record<string, number | null>>;
}

async function measureSegmentation(run: string): Promise<void> {
  const segmenter = openSegmenter(findDetector(run).path);
  const dataset = read("structures-tuning.json");
  const { structures } = segmenter;
  const all: Measured[] = [];
  for (const image of dataset.images) {
    const objects = dataset.annotationsByImage.get(image.id) ?? [];
    const names = objects.map(({ categoryId }) => nameOf(dataset, categoryId));
    const target = {
      classes: names.map((name) => structures.findIndex((one) => one.name === name)),
      polygons: objects.map(({ polygons }) => polygons),
    };
    const truth = paintLabels(target, structures, image);
    const { labels } = segmenter.segment(await readRadiograph(join(archive, image.fileName)));
    const spacingMm = Number(image.extra.spacing_mm);
    const spacing = [spacingMm, spacingMm] as const;
    const measures: Record<string, number | null> = {};
    for (const { name } of structures) {
      const [own, found] = [truth, labels].map((map) => structureMask(map, structures, name));
      // Without a fracture there is nothing to agree on.
      const isThere = names.includes(name);
      const agreement = isThere
        ? maskAgreement(own, found, { spacing, tolerance: 1, band: 1 })
        : null;
      measures[`${name} Dice`] = agreement?.dice ?? null;
      measures[`${name} 95 % surface distance, mm`] = agreement?.surfaceDistance95 ?? null;
      if (name === "fracture") {
        measures["fracture line found within 3 mm"] = isThere
          ? centerLineRecall(own, found, spacing, WITHIN_MM)
          : null;
      }
    }
    all.push({ patient: String(image.extra.patient), measures });
  }
  segmenter.close();
  console.log(`${run}: ${all.length} radiographs`);
  for (const name of Object.keys(all[0]?.measures ?? {})) {
    const known = all.flatMap(({ patient, measures }) => {
      const value = measures[name] ?? null;
      return value === null ? [] : [{ patient, value }];
    });
    const patients = [...Map.groupBy(known, ({ patient }) => patient).values()];
    const [mean] = bootstrap(
      patients,
      (sample) => [meanOf(sample.flat().map(({ value }) => value))],
      RESAMPLES,
    );
    const sorted = known.map(({ value }) => value).toSorted((a, b) => a - b);
    say(
      name,
      mean,
      `median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(3)}, ${known.length} radiographs`,
    );
  }
}

async function measureClassification(run: string): Promise<void> {
  const classifier = openClassifier(findDetector(run).path);
  const dataset = read("classes-tuning.json");
  const all: {
    readonly patient: string;
    readonly actual: string;
    readonly scores: Float32Array;
  }[] = [];
  for (const image of dataset.images) {
    const scores = classifier.classify(await readRadiograph(join(archive, image.fileName)));
    all.push({ patient: String(image.extra.patient), actual: String(image.extra.class), scores });
  }
  classifier.close();
  const { classes } = classifier;
  const patients = [...Map.groupBy(all, ({ patient }) => patient).values()];
  const areas = (sample: readonly (typeof all)[]) => {
    const flat = sample.flat();
    return classes.map((name, index) => {
      const scores = flat.map((one) => one.scores[index]);
      return (
        aucOf(
          scores,
          flat.map(({ actual }) => actual === name),
        )?.auc ?? null
      );
    });
  };
  const estimates = bootstrap(
    patients,
    (sample) => {
      const own = areas(sample);
      return [...own, meanOf(own.flatMap((area) => area ?? []))];
    },
    RESAMPLES,
  );
  console.log(
    `${run}: ${all.length} radiographs, temperature ${classifier.calibration?.temperature ?? 1}`,
  );
  for (const [i, name] of [...classes.map((one) => `AUC of ${one}`), "macro AUC"].entries()) {
    say(name, estimates[i], "");
  }
}

function say(name: string, estimate: ReturnType<typeof bootstrap>[number], more: string): void {
  const { value, interval } = estimate;
  const range =
    interval === null ? "" : ` (${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})`;
  console.log(`  ${name}: ${value?.toFixed(3)}${range}  ${more}`.trimEnd());
}

function meanOf(all: readonly number[]): number | null {
  return all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length;
}

function nameOf({ categories }: CocoDataset, id: number): string {
  return categories.find((one) => one.id === id)?.name ?? "";
}

function read(name: string): CocoDataset {
  const path = join(sets, name);
  const dataset = parseCoco(readFileSync(path, "utf8"), path);
  if (values.patients === undefined) return dataset;
  // Some of each class alike: the file has one class after the other.
  const byPatient = [...Map.groupBy(dataset.images, ({ extra }) => extra.patient).values()];
  const step = Math.max(1, Math.floor(byPatient.length / Number(values.patients)));
  const images = byPatient.filter((_, i) => i % step === 0).flat();
  return { ...dataset, images };
}
