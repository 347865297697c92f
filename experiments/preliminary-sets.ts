/**
 * The preliminary networks' data, from a simulated archive: 147 radiographs with a fracture, as many of each
 * class, and 228 without, as in the paper, no more than a few of a patient; and the radiographs of other
 * patients to tune with. Started by hand:
 *
 *     node experiments/preliminary-sets.ts ARCHIVE OUT [FRACTURES WITHOUT]
 *
 * ARCHIVE is a hospital's folder of `malleolus phantom` with at least 150 patients a class; FRACTURES a class and so
 * many WITHOUT are other numbers than the paper's, for trying with fewer patients. Of every class the
 * first three in four patients may be trained on, the others tune. OUT gets `structures-train.json` and
 * `structures-tuning.json` for the segmentation, `classes-train.json` and `classes-tuning.json` for the
 * classification, and of both kinds a `-validation.json` of some of the tuning patients; images lie in ARCHIVE.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CocoDataset, type CocoImage, cocoText } from "@malleolus/data";
import { readArchive, structureAnnotations, truthAnnotations } from "@malleolus/phantom";
import { seededOrder } from "@malleolus/random";

const TRAINING_SHARE = 0.75;
const VALIDATED = 4;
const SEED = 1;

const [archive, out, fractures = "49", without = "228"] = process.argv.slice(2);
if (archive === undefined || out === undefined) {
  console.error("usage: node experiments/preliminary-sets.ts ARCHIVE OUT [FRACTURES WITHOUT]");
  process.exit(2);
}

const records = readArchive(archive).filter(({ spec }) => spec.exclusion === null);
const byClass = Map.groupBy(records, ({ spec }) => spec.weberClass ?? "none");
const [training, tuning] = [true, false].map((wanted) =>
  [...byClass.values()].flatMap((own) =>
    own.filter((_, i) => i < own.length * TRAINING_SHARE === wanted),
  ),
);
const classes = truthAnnotations(training);
const chosen = new Set([
  ...["weber_a", "weber_b", "weber_c"].flatMap((name) => spread(name, Number(fractures))),
  ...spread("no_fracture", Number(without)),
]);

mkdirSync(out, { recursive: true });
write("classes-train.json", only(classes, chosen));
write("structures-train.json", only(structureAnnotations(training), chosen));
write("classes-tuning.json", truthAnnotations(tuning));
write("structures-tuning.json", structureAnnotations(tuning));
// What a training looks at on its way: one in four of these patients, of every class.
const seen = tuning.filter((_, i) => i % VALIDATED === 0);
write("classes-validation.json", truthAnnotations(seen));
write("structures-validation.json", structureAnnotations(seen));

/** Files of a class: one of every patient in a seeded order, then a second one, and so on. */
function spread(name: string, count: number): string[] {
  const own = classes.images.filter(({ extra }) => extra.class === name);
  const ofPatients = [...Map.groupBy(own, ({ extra }) => String(extra.patient))];
  const patients = seededOrder(ofPatients, ([patient]) => patient, SEED, "patients");
  const files = [0, 1, 2].flatMap((round) =>
    patients.flatMap(([, images]) => {
      const views = seededOrder(images, ({ fileName }) => fileName, SEED, "views");
      return views[round]?.fileName ?? [];
    }),
  );
  if (files.length >= count) return files.slice(0, count);
  throw new Error(`${archive}: expected ${count} radiographs of ${name}, got ${files.length}`);
}

function only(dataset: CocoDataset, files: ReadonlySet<string>): CocoDataset {
  const images = dataset.images.filter(({ fileName }: CocoImage) => files.has(fileName));
  const ids = new Set(images.map(({ id }) => id));
  const annotations = dataset.annotations.filter(({ imageId }) => ids.has(imageId));
  const annotationsByImage = Map.groupBy(annotations, ({ imageId }) => imageId);
  return { ...dataset, images, annotations, annotationsByImage };
}

function write(name: string, dataset: CocoDataset): void {
  writeFileSync(join(out, name), cocoText(dataset));
  console.log(`${name}: ${dataset.images.length} radiographs`);
}
