/**
 * Each fracture of FracAtlas' valid.json that a detector does not find, looked at again: at which stage it is lost, and
 * which fractures that the detector was trained on are most like it.
 *
 *     node experiments/missed-fractures.ts FRACATLAS CHECKPOINT OUT [TRAINING]
 *
 * FRACATLAS holds train.json, valid.json and images/; CHECKPOINT is a model.safetensors, which has to know one class.
 * A fracture is found where a finding with a score of at least 0.05 overlaps its box with an IoU of 0.3 or more. OUT gets a
 * sheet for each that is not (PNG: the radiograph with annotations dashed and the detector's findings, a window of it,
 * and windows of the training's five nearest fractures, by what the box head sees before its predictors and by the
 * correlation of small patches, mirrored or not), and missed.json with all figures; a table is printed. Patches are
 * not turned.
 *
 * Training radiographs are those that the checkpoint's record has, or all; they are looked at once, without the
 * mirrored view. TRAINING takes the first so many of them. OUT keeps what is seen, a line a radiograph, and the same
 * command goes on where it was cut. Nothing is fitted or chosen; valid.json is looked at, so that it is no untouched
 * test afterwards. A third of a second of processor time a view at 448 pixels, on one core with AVX2.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCocoFile, readRadiograph } from "@malleolus/data";
import { type Box, boxIou, scaleBox } from "@malleolus/geometry";
import { fileSha256, readSeenImages } from "@malleolus/runs";
import { floatsOf, textOf, wholeLines } from "./kept-lines.ts";
import {
  type Examined,
  type Fracture,
  median,
  type Neighbor,
  type Outlined,
  type Overlapping,
  PROPOSED_IOU,
  printReport,
  recordOf,
  share,
  sizeOf,
  text,
} from "./missed-report.ts";
import { writeSheet } from "./missed-sheet.ts";
import {
  bestOverlap,
  dot,
  FOUND_IOU,
  FOUND_SCORE,
  type Frame,
  mirrorPatch,
  openStages,
  patchOf,
  type ScoredBox,
  type Staged,
  type StagedRadiograph,
  unitOf,
} from "./missed-stages.ts";

const [fracatlas, checkpoint, out, trainingText = "100000"] = process.argv.slice(2);
const most = Number(trainingText);
if (out === undefined || !(most >= 1)) {
  console.error("usage: node experiments/missed-fractures.ts FRACATLAS CHECKPOINT OUT [TRAINING]");
  process.exit(2);
}

const NEAREST = 5;
/** The overlap from which a finding is of a fracture at all. */
const MISPLACED_IOU = 0.1;

mkdirSync(out, { recursive: true });
const checkpointHash = await fileSha256(checkpoint);
const keptPath = join(out, `seen-${checkpointHash.slice(0, 12)}.jsonl`);
const validation = await readOutlined("valid.json");
const training = (await onlyTrained(await readOutlined("train.json"))).slice(0, most);
const stages = openStages(checkpoint);
const known = readKept();
const tested = await look(validation, stages.frames);
const learned = await look(training, ["as it is"]);
stages.close();
const nearFrom = median(learned.map((one) => nearestIn(one, byFeatures)[0].similarity));
const examinedAll = tested.map(examined);
const missed = examinedAll.filter(({ fracture }) => !fracture.isFound);
for (const [i, row] of missed.entries()) await writeOwnSheet(i + 1, row);
writeFileSync(join(out, "missed.json"), JSON.stringify(missed.map(recordOf), null, 1));
console.log(
  `${checkpoint}: ${missed.length} of ${tested.length} fractures not found; of ${learned.length} that it was trained on ` +
    `${learned.filter(({ isFound }) => !isFound).length}, by one view; near from ${nearFrom.toFixed(3)}`,
);
printReport(examinedAll);

/** Radiographs with an outlined fracture; what is nearly the same has one group. */
async function readOutlined(name: string): Promise<Outlined[]> {
  const { images, annotationsByImage } = await readCocoFile(join(fracatlas, name));
  return images
    .map(({ id, fileName, width, height, extra }) => ({
      fileName,
      path: join(fracatlas, "images", fileName),
      group: String(extra.group),
      region: String(extra.region),
      hasHardware: extra.hardware === true,
      width,
      height,
      annotations: (annotationsByImage.get(id) ?? []).filter(({ isCrowd }) => !isCrowd),
    }))
    .filter(({ annotations }) => annotations.length > 0);
}

/** Those that the checkpoint was trained on, by its record; all without one. */
async function onlyTrained(all: readonly Outlined[]): Promise<Outlined[]> {
  const record = readSeenImages(checkpoint);
  if (record === null) return [...all];
  const trained: Outlined[] = [];
  for (const one of all) if (record.training.has(await fileSha256(one.path))) trained.push(one);
  return trained;
}

/** A radiograph's line, its arrays as text. */
interface Kept extends Omit<StagedRadiograph, "places"> {
  readonly fileName: string;
  readonly places: readonly (Omit<Staged, "features"> & {
    readonly features: string;
    readonly patch: string;
  })[];
}

function readKept(): Map<string, Kept> {
  return new Map(
    wholeLines(keptPath).map((line) => {
      const kept: Kept = JSON.parse(line);
      return [kept.fileName, kept];
    }),
  );
}

/** Every fracture of the radiographs; the detector sees those that it has not seen yet. */
async function look(all: readonly Outlined[], frames: readonly Frame[]): Promise<Fracture[]> {
  const fractures: Fracture[] = [];
  for (const [number, radiograph] of all.entries()) {
    const { fileName, path, annotations } = radiograph;
    const kept = known.get(fileName) ?? (await lookAt(radiograph));
    const seen = { ...kept, places: kept.places.map(stagedOf) };
    for (const [i, annotation] of annotations.entries()) {
      const finding = overlapping(seen.findings, annotation.box);
      fractures.push({
        radiograph,
        annotation,
        seen,
        staged: seen.places[i],
        features: unitOf(seen.places[i].features),
        patch: floatsOf(kept.places[i].patch),
        finding,
        faint: overlapping(seen.faint, annotation.box),
        isFound: finding !== null && finding.iou >= FOUND_IOU,
      });
    }
    if (!known.has(fileName) && (number + 1) % 20 === 0) {
      console.error(`${number + 1} of ${all.length}, ${path}`);
    }
  }
  return fractures;

  async function lookAt({ fileName, path, annotations }: Outlined): Promise<Kept> {
    const image = await readRadiograph(path);
    const boxes = annotations.map(({ box }) => box);
    const { places, ...seen } = stages.look(image, boxes, frames);
    const kept = {
      fileName,
      ...seen,
      places: places.map((place, i) => ({
        ...place,
        features: textOf(place.features),
        patch: textOf(patchOf(image, boxes[i])),
      })),
    };
    appendFileSync(keptPath, `${JSON.stringify(kept)}\n`);
    return kept;
  }
}

function stagedOf({ features, patch: _, ...staged }: Kept["places"][number]): Staged {
  return { ...staged, features: floatsOf(features) };
}

function overlapping(found: readonly ScoredBox[], place: Box): Overlapping | null {
  const [best] = found
    .map((one) => ({ ...one, iou: boxIou(one.box, place) }))
    .filter(({ iou }) => iou > 0)
    .toSorted((a, b) => b.iou - a.iou);
  return best ?? null;
}

/** Beside it, or the first stage at which nothing of 0.05 or more lies there any more. */
function causeOf({ finding, staged }: Fracture): string {
  if (finding !== null && finding.iou >= MISPLACED_IOU) return "found but misplaced";
  if (staged.weighed >= FOUND_SCORE) return "fused away";
  if (staged.unsuppressed >= FOUND_SCORE) return "lowered by the image head";
  if (staged.regressed >= FOUND_SCORE) return "suppressed";
  if (staged.proposed < PROPOSED_IOU) return "no proposal";
  return "low score";
}

function byFeatures(one: Fracture, other: Fracture): number {
  return dot(one.features, other.features);
}

function byPatch(one: Fracture, other: Fracture): number {
  return Math.max(dot(one.patch, other.patch), dot(mirrorPatch(one.patch), other.patch));
}

/** Trained fractures of another group, the nearest first. */
function nearestIn(one: Fracture, similarity: typeof byFeatures): Neighbor[] {
  return learned
    .filter(({ radiograph }) => radiograph.group !== one.radiograph.group)
    .map((fracture) => ({ fracture, similarity: similarity(one, fracture) }))
    .toSorted((a, b) => b.similarity - a.similarity);
}

function examined(fracture: Fracture): Examined {
  const all = nearestIn(fracture, byFeatures);
  return {
    fracture,
    cause: causeOf(fracture),
    byFeatures: all.slice(0, NEAREST),
    byPatch: nearestIn(fracture, byPatch).slice(0, NEAREST),
    near: all.filter(({ similarity }) => similarity >= nearFrom).length,
    outlinedAgain: outlinedAgain(fracture),
  };
}

function outlinedAgain({ radiograph, annotation }: Fracture): number | null {
  const twins = validation.filter(
    (other) => other.group === radiograph.group && other !== radiograph,
  );
  if (twins.length === 0) return null;
  const boxes = twins.flatMap(({ annotations, width, height }) =>
    annotations.map(({ box }) =>
      scaleBox(box, radiograph.width / width, radiograph.height / height),
    ),
  );
  return bestOverlap(boxes, annotation.box);
}

function placed({ radiograph, annotation }: Fracture) {
  const { box, polygons } = annotation;
  return { path: radiograph.path, box, polygons };
}

async function writeOwnSheet(number: number, row: Examined): Promise<void> {
  const { fracture, cause } = row;
  const { radiograph, annotation, seen, staged, faint } = fracture;
  const name = `${String(number).padStart(2, "0")}-${radiograph.fileName.replace(/\.\w+$/, "")}-${annotation.id}`;
  const tile = ({ fracture: other, similarity }: Neighbor) => ({
    ...placed(other),
    caption: [
      `${other.radiograph.fileName}, ${other.radiograph.region}, ${sizeOf(other)}`,
      `similarity ${similarity.toFixed(2)}; ${other.isFound ? `found, ${other.finding?.score.toFixed(2)}` : "not found either"}`,
    ],
  });
  await writeSheet(join(out, `${name}.png`), {
    text: [
      `${radiograph.fileName}, annotation ${annotation.id}: ${cause}`,
      `${radiograph.region}, ${radiograph.hasHardware ? "hardware, " : ""}${sizeOf(fracture)} px, ` +
        `${share(fracture)} of the radiograph; image head ${text(seen.shown)}; ` +
        `outlined again in a near-duplicate: ${text(row.outlinedAgain)}`,
      `best proposal's overlap ${text(staged.proposed)}; highest score there before suppression ${text(staged.regressed)}, ` +
        `after ${text(staged.unsuppressed)}, weighed ${text(staged.weighed)}; the true box itself ${text(staged.given)}; ` +
        `training fractures as near: ${row.near}`,
    ],
    fracture: placed(fracture),
    annotations: radiograph.annotations.map(({ polygons }) => polygons),
    findings: seen.findings.slice(0, 5),
    faint: faint === null || faint.score >= FOUND_SCORE ? null : faint,
    rows: [
      { title: "nearest by what the box head sees", tiles: row.byFeatures.map(tile) },
      { title: "nearest by correlation of patches", tiles: row.byPatch.map(tile) },
    ],
  });
}
