/**
 * Simulated radiographs to begin a training with, half of them with an outlined fracture: ankles of the phantom, forearms
 * with hands and lower legs with feet, each in two views of styles that chance has drawn, at FracAtlas' size. Started by
 * hand; the same command goes on where it was cut:
 *
 *     node experiments/simulated-bones.ts OUT [COUNT [SEED [STEPS]]]
 *     ./malleolus train --recipe OUT/recipe.json --coco OUT/simulated.json --images OUT/images --weights LITE_WEIGHTS --out RUN
 *     node experiments/fold-probes.ts FRACATLAS RESNET_WEIGHTS PROBES 350 400 lite=LITE_WEIGHTS \
 *       "lite from simulated=RUN/checkpoints/step-…/model.safetensors"
 *
 * OUT gets images/, simulated.json, COCO with one category, `fracture`, and the recipe of a training on them, of STEPS steps. COUNT
 * is 500, SEED 1 and STEPS 300 unless given. A radiograph
 * whose fracture is less than visible, or where the picture is white, is left out. Outlines are the gap's mask
 * widened to 3 mm and then by 1 to 4 mm more: people outline FracAtlas' fractures generously. About a second of processor
 * time a radiograph.
 */
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CocoAnnotation, type CocoImage, cocoText } from "@malleolus/data";
import { type Mask, type Polygon, polygonArea, polygonBounds } from "@malleolus/geometry";
import {
  buildAnkle,
  buildLimb,
  type Conspicuity,
  type LimbKind,
  PHANTOM_VERSION,
  type PhantomView,
  samplePatient,
  simulateLimb,
  simulateRadiograph,
} from "@malleolus/phantom";
import { randomStreams } from "@malleolus/random";
import sharp from "sharp";
import { z } from "zod";
import { wholeLines } from "./kept-lines.ts";
import { shortLiteRecipe } from "./short-recipe.ts";
import { isShown, outlineAround } from "./simulated-outlines.ts";
import { between, type Draw, type Picture, sampleUnit, styled } from "./simulated-styles.ts";

const [out, ...rest] = process.argv.slice(2);
const [count = 500, seed = 1, steps = 300] = rest.map(Number);
if (out === undefined || !(count >= 1) || !(seed >= 0) || !(steps >= 1)) {
  console.error("usage: node experiments/simulated-bones.ts OUT [COUNT [SEED [STEPS]]]");
  process.exit(2);
}

const KINDS = ["forearm", "lower leg", "forearm", "ankle", "forearm", "lower leg"] as const;
/** Millimetres a pixel at the detector; FracAtlas' have some 0.9 where a whole plate is shown. */
const PITCH = { forearm: [0.5, 0.95], "lower leg": [0.6, 0.95], ankle: [0.38, 0.5] } as const;
const VIEWS_EACH = 2;

const imageSchema = z.object({
  file: z.string(),
  width: z.number(),
  height: z.number(),
  kind: z.string(),
  outlines: z.array(z.array(z.number())),
});
/** What was kept of a limb: none, one or two radiographs. */
const limbSchema = z.object({ limb: z.int(), isBroken: z.boolean(), images: z.array(imageSchema) });
type KeptImage = z.infer<typeof imageSchema>;

mkdirSync(join(out, "images"), { recursive: true });
const log = join(out, "limbs.jsonl");
const limbs = wholeLines(log).map((line) => limbSchema.parse(JSON.parse(line)));
const wanted = { broken: Math.ceil(count / 2), sound: Math.floor(count / 2) };
for (;;) {
  const [broken, sound] = [true, false].map((isBroken) => imagesOf(isBroken).length);
  if (broken >= wanted.broken && sound >= wanted.sound) break;
  const limb = limbs.length;
  // Two of a kind follow one another, one of them broken, until there are enough of either.
  const isBroken = sound >= wanted.sound || (broken < wanted.broken && limb % 2 === 0);
  const kind = KINDS[Math.floor(limb / 2) % KINDS.length];
  const pictures = kind === "ankle" ? ankles(limb, isBroken) : shafts(limb, kind, isBroken);
  const images: KeptImage[] = [];
  for (const [view, picture] of pictures.entries()) {
    if (isBroken && picture.outlines.length === 0) continue;
    const file = `${kind.replace(" ", "-")}-${String(limb).padStart(4, "0")}-${view}.jpg`;
    await writeJpeg(picture, join(out, "images", file), drawsOf(limb, view, "file"));
    const { width, height } = picture;
    images.push({ file, width, height, kind, outlines: picture.outlines.map(rounded) });
  }
  limbs.push({ limb, isBroken, images });
  appendFileSync(log, `${JSON.stringify(limbs[limb])}\n`);
}
const images = [
  ...imagesOf(true).slice(0, wanted.broken),
  ...imagesOf(false).slice(0, wanted.sound),
];
writeFileSync(join(out, "simulated.json"), cocoOf(images));
const recipe = { ...shortLiteRecipe(steps), name: "simulated bones" };
writeFileSync(join(out, "recipe.json"), JSON.stringify(recipe));
const kinds = [...Map.groupBy(images, ({ kind }) => kind)].map(
  ([kind, some]) => `${some.length} of ${kind}s`,
);
console.log(
  `${images.length} radiographs (${kinds.join(", ")}), ${images.flatMap(({ outlines }) => outlines).length} outlines`,
);

function imagesOf(isBroken: boolean): KeptImage[] {
  return limbs.flatMap((limb) => (limb.isBroken === isBroken ? limb.images : []));
}

function drawsOf(limb: number, view: number, purpose: string): Draw {
  return randomStreams(seed, limb)(purpose, view);
}

function shafts(number: number, kind: LimbKind, isBroken: boolean): Picture[] {
  const limb = buildLimb(`${seed} ${number}`, kind, isBroken);
  return Array.from({ length: VIEWS_EACH }, (_, view) => {
    const draw = drawsOf(number, view, "view");
    const { width, height, pixels, fractures, spacingMm } = simulateLimb(
      limb,
      {
        turnDegrees: between(draw, 0, 360),
        rollDegrees: between(draw, -16, 16),
        tiltDegrees: between(draw, -8, 8),
        across: between(draw, 0.35, 0.65),
        along: between(draw, 0.2, 0.8),
        hasMarker: draw() < 0.3,
      },
      sampleUnit(draw, PITCH[kind]),
    );
    const masks = fractures
      .filter(({ mask, conspicuity }) => isVisible(conspicuity) && isShown(mask, pixels))
      .map(({ mask }) => mask);
    return styled({ width, height, pixels, outlines: outlinesOf(masks, spacingMm, draw) }, draw);
  });
}

function ankles(number: number, isBroken: boolean): Picture[] {
  const of = drawsOf(number, VIEWS_EACH, "ankle");
  const weberClass = isBroken ? (["A", "B", "C"] as const)[Math.floor(3 * of())] : null;
  const ankle = buildAnkle(samplePatient(`${seed} ${number}`, { weberClass, exclusion: null }));
  const views: readonly PhantomView[] = of() < 0.5 ? ["ap", "lateral"] : ["mortise", "lateral"];
  return views.map((name, view) => {
    const draw = drawsOf(number, view, "view");
    const found = simulateRadiograph(ankle, name, sampleUnit(draw, PITCH.ankle));
    const { width, height, pixels, truth, spacingMm, conspicuity } = found;
    const isSeen =
      truth.fracture !== null && isVisible(conspicuity) && isShown(truth.fracture, pixels);
    const outlines = outlinesOf(isSeen ? [truth.fracture] : [], spacingMm, draw);
    return styled({ width, height, pixels, outlines }, draw);
  });
}

function isVisible(conspicuity: Conspicuity | null): boolean {
  return conspicuity === "obvious" || conspicuity === "visible";
}

function outlinesOf(masks: readonly Mask[], spacingMm: number, draw: Draw): Polygon[] {
  return masks.flatMap((mask) => {
    const outline = outlineAround(mask, between(draw, 1, 4) / spacingMm);
    return outline === null ? [] : [outline];
  });
}

function rounded(outline: readonly number[]): number[] {
  return outline.map((value) => Math.round(value * 100) / 100);
}

/** Stored as FracAtlas' are: 8 bits, with what compression leaves. */
async function writeJpeg({ width, height, pixels }: Picture, path: string, draw: Draw) {
  const samples = Uint8Array.from(pixels, (value) => Math.round(255 * value));
  await sharp(samples, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .jpeg({ quality: Math.round(between(draw, 70, 96)) })
    .toFile(path);
}

function cocoOf(kept: readonly KeptImage[]): string {
  const annotations: CocoAnnotation[] = [];
  const images = kept.map(({ file: fileName, width, height, kind, outlines }, i): CocoImage => {
    for (const outline of outlines) {
      const box = polygonBounds(outline);
      annotations.push({
        id: annotations.length + 1,
        imageId: i + 1,
        categoryId: 1,
        box,
        boxSize: [box[2] - box[0], box[3] - box[1]],
        polygons: [outline],
        runs: null,
        area: polygonArea(outline),
        isCrowd: false,
      });
    }
    const group = fileName.replace(/-\d\.jpg$/, "");
    const extra = { kind, group, phantom: PHANTOM_VERSION, seed };
    return { id: i + 1, fileName, width, height, extra };
  });
  return cocoText({ images, annotations, categories: [{ id: 1, name: "fracture" }] });
}
