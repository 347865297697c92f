/**
 * Further radiographs to train on, made of FracAtlas' training radiographs: fractures moved onto sound radiographs, and
 * as many controls, sound patches moved likewise, so that a moved patch's edge says nothing of a fracture.
 *
 *     node experiments/moved-fractures.ts FRACATLAS OUT [COUNT [SEED [SET]]]
 *
 * FRACATLAS holds train.json, normals.json and images/; valid.json is not read. SET is a part of train.json as a COCO
 * file, half-0.json of fold-probes for one: fractures and sound radiographs are then its own and those of normals.json
 * that are no near-duplicates of the other part. COUNT is how many at most, 600 unless given, SEED 1. OUT gets moved.json
 * and controls.json, as many images each, and images/; the files are usable after each of five folds.
 *
 * `train --coco SET OUT/moved.json OUT/controls.json --images FRACATLAS/images` takes them as they are: their file names
 * are whole paths, which `train` looks up beside the folder of --images, so that OUT must stay where it is. An image's
 * `group` lists the groups of both its sources. By them --tuning-share holds out what no patch comes from or goes to, which
 * is little: give --tuning a file of other radiographs. Source and target are of one fold (`fracatlas-folds.ts`), and so
 * are a control's two: `fold` says which.
 *
 * A patch is cut around outlines, with those whose margins touch together; `moved-patch.ts` says how it is adapted and
 * blended, `moved-places.ts` how its place is found. Each is tried on a few sound radiographs of its region and views that
 * are among the most alike as a whole (`moved-likeness.ts`), and goes where its rim correlates best, if that is at least
 * LEAST_CORRELATION, and what is around at least LEAST_CONTEXT of `moved-places.ts`: set by eye on training radiographs, by
 * `moved-sheet.ts`. A control is made for each: the fracture's rim is matched in a sound radiograph, what lies there is
 * cut out by its outlines, tried on others, and goes where the correlation is nearest to that of the moved fracture, so
 * that edges fit as well or badly in both.
 *
 * bench/RESULTS.md says how long it takes.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type CocoAnnotation,
  type CocoImage,
  cocoText,
  type Radiograph,
  readRadiograph,
} from "@malleolus/data";
import { clipPolygon, polygonArea, polygonBounds } from "@malleolus/geometry";
import type { DisplayImage } from "@malleolus/imaging";
import { randomStreams, seededOrder } from "@malleolus/random";
import sharp from "sharp";
import { mean } from "./figures.ts";
import { FOLDS } from "./fracatlas-folds.ts";
import { type Likeness, likenessOf, type Thumbnail, thumbnailOf } from "./moved-likeness.ts";
import { movePatch, type Patch, placedPatch } from "./moved-patch.ts";
import { bestPlace, fitsWithin, type Match, type Planes, planesOf } from "./moved-places.ts";
import { type Fracture, readSources, type SourceRadiograph } from "./moved-sources.ts";

const [fracatlas, out, countText = "600", seedText = "1", set] = process.argv.slice(2);
const [count, seed] = [Number(countText), Number(seedText)];
if (out === undefined || !(count >= 1) || !Number.isSafeInteger(seed)) {
  console.error("usage: node experiments/moved-fractures.ts FRACATLAS OUT [COUNT [SEED [SET]]]");
  process.exit(2);
}

const [LEAST_CORRELATION, LEAST_LIKENESS] = [0.92, 0.3];
/** Sound radiographs that a patch is tried on, and that a control's patch is looked for in. */
const [TARGETS, CUT_FROM] = [6, 2];
/** They are drawn from so many that are most like the source. */
const [LEAST_FELLOWS, NEAREST] = [20, 0.25];
/** How often a sound radiograph may be a target of moved fractures, and of controls. */
const USES = 2;
const ROUNDS = 12;
const KEPT_PLANES = 600;

/** A patch where it goes: of one radiograph in another. */
interface Move {
  readonly source: SourceRadiograph;
  readonly target: SourceRadiograph;
  readonly patch: Patch;
  readonly match: Match;
  readonly likeness: Likeness;
}

/** A sound radiograph that a patch may go to. */
interface Fellow {
  readonly radiograph: SourceRadiograph;
  readonly likeness: Likeness;
}

const thumbnails = new Map<string, Thumbnail>();
const kept = new Map<string, Planes & { readonly radiograph: Radiograph }>();
const uses = { moved: new Map<string, number>(), controls: new Map<string, number>() };
const written = { moved: newSet(), controls: newSet() };

const { fractures, sound, left } = await readSources(
  fracatlas,
  set ?? join(fracatlas, "train.json"),
);
console.log(
  `${fractures.length} fractures, ${sound.length} sound radiographs; outlines left out: ` +
    Object.entries(left)
      .map(([reason, number]) => `${number} ${reason}`)
      .join(", "),
);
rmSync(join(out, "images"), { recursive: true, force: true });
mkdirSync(join(out, "images"), { recursive: true });
const placed = new Set<Fracture>();
const tried = { fractures: 0, controls: 0 };
// Fold by fold, since only radiographs of one fold meet.
for (let fold = 0; fold < FOLDS; fold++) {
  const own = fractures.filter(({ radiograph }) => radiograph.fold === fold);
  const until = Math.round(
    (count * fractures.filter(({ radiograph }) => radiograph.fold <= fold).length) /
      fractures.length,
  );
  const order = seededOrder([...own.keys()], (i) => nameOf(own[i]), seed, "fractures");
  rounds: for (let round = 0; round < ROUNDS; round++) {
    for (const i of order) {
      if (written.moved.images.length >= until) break rounds;
      if (await moveOnce(own[i], round)) placed.add(own[i]);
    }
  }
  writeFiles();
  console.error(
    `fold ${fold}: ${written.moved.images.length} of ${until}, of ${placed.size} fractures so far`,
  );
}
for (const kind of ["moved", "controls"] as const) {
  const { images, annotations, correlations } = written[kind];
  console.log(
    `${kind}: ${images.length} images, ${annotations.length} outlines, mean correlation ` +
      `${mean(correlations)?.toFixed(3)}`,
  );
}
console.log(
  `${tried.fractures} times a fracture was tried, ${tried.controls} times there was a place for it`,
);

/** What there is so far: usable after each fold. */
function writeFiles(): void {
  for (const kind of ["moved", "controls"] as const) {
    const { images, annotations } = written[kind];
    const categories = [{ id: 1, name: "fracture" }];
    writeFileSync(join(out, `${kind}.json`), cocoText({ images, annotations, categories }));
  }
}

function newSet(): {
  readonly images: CocoImage[];
  readonly annotations: CocoAnnotation[];
  readonly correlations: number[];
} {
  return { images: [], annotations: [], correlations: [] };
}

function nameOf({ radiograph, patch }: Fracture): string {
  return `${radiograph.fileName} ${patch.center.join(" ")}`;
}

/** Writes the moved fracture and its control, or neither; whether it did. */
async function moveOnce(fracture: Fracture, round: number): Promise<boolean> {
  const random = randomStreams(seed, round)(nameOf(fracture), 0);
  const source = fracture.radiograph;
  tried.fractures++;
  const onto = freeOf("moved", await fellowsOf(source, random)).slice(0, TARGETS);
  const moves = await movesOf(source, fracture.patch, onto);
  const moved = bestOf(moves, ({ match }) => match.correlation);
  if (moved === null || moved.match.correlation < LEAST_CORRELATION) return false;

  tried.controls++;
  const from = (await fellowsOf(source, random)).slice(0, CUT_FROM);
  const cuts = await movesOf(source, fracture.patch, from);
  const cut = bestOf(cuts, ({ match }) => match.correlation);
  if (cut === null) return false;
  const patch = placedPatch(cut.patch, cut.match.placement);
  if (!fitsWithin(patch, cut.target)) return false;
  const under = freeOf("controls", await fellowsOf(cut.target, random)).slice(0, TARGETS);
  const fitting = (await movesOf(cut.target, patch, under)).filter(
    ({ match }) => match.correlation >= LEAST_CORRELATION,
  );
  const control = bestOf(
    fitting,
    ({ match }) => -Math.abs(match.correlation - moved.match.correlation),
  );
  if (control === null) return false;
  await write("moved", moved);
  await write("controls", control);
  return true;
}

/** Sound radiographs of its region, views and format and of another group that are most like it, in a drawn order. */
async function fellowsOf(source: SourceRadiograph, random: () => number): Promise<Fellow[]> {
  const own = await thumbnail(source);
  const fellows: Fellow[] = [];
  for (const other of sound) {
    if (
      other.fold !== source.fold ||
      other.group === source.group ||
      other.region !== source.region ||
      other.views.join() !== source.views.join() ||
      other.width > other.height !== source.width > source.height
    ) {
      continue;
    }
    fellows.push({ radiograph: other, likeness: likenessOf(own, await thumbnail(other)) });
  }
  const nearest = fellows
    .filter(({ likeness }) => likeness.correlation >= LEAST_LIKENESS)
    .toSorted((one, other) => other.likeness.correlation - one.likeness.correlation)
    .slice(0, Math.max(LEAST_FELLOWS, Math.round(NEAREST * fellows.length)));
  return nearest
    .map((fellow) => ({ fellow, key: random() }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ fellow }) => fellow);
}

async function thumbnail(radiograph: SourceRadiograph): Promise<Thumbnail> {
  const known = thumbnails.get(radiograph.path);
  if (known !== undefined) return known;
  const own = thumbnailOf(await readRadiograph(radiograph.path));
  thumbnails.set(radiograph.path, own);
  return own;
}

function freeOf(kind: keyof typeof uses, fellows: readonly Fellow[]): Fellow[] {
  return fellows.filter(({ radiograph }) => (uses[kind].get(radiograph.fileName) ?? 0) < USES);
}

async function movesOf(
  source: SourceRadiograph,
  patch: Patch,
  targets: readonly Fellow[],
): Promise<Move[]> {
  const moves: Move[] = [];
  for (const { radiograph: target, likeness } of targets) {
    const [own, there] = [await planes(source), await planes(target)];
    const match = bestPlace(patch, own, there, likeness);
    if (match !== null) moves.push({ source, target, patch, match, likeness });
  }
  return moves;
}

function bestOf<T>(items: readonly T[], value: (item: T) => number): T | null {
  return items.toSorted((one, other) => value(other) - value(one))[0] ?? null;
}

async function planes(radiograph: SourceRadiograph) {
  const { path } = radiograph;
  const known = kept.get(path);
  if (known !== undefined) {
    // The one that was not asked for the longest goes first.
    kept.delete(path);
    kept.set(path, known);
    return known;
  }
  const read = await readRadiograph(path);
  const own = Object.assign(planesOf(read), { radiograph: read });
  kept.set(path, own);
  if (kept.size > KEPT_PLANES)
    for (const oldest of [...kept.keys()].slice(0, 1)) kept.delete(oldest);
  return own;
}

async function write(kind: keyof typeof written, move: Move): Promise<void> {
  const { source, target, patch, match } = move;
  const [from, onto] = [await planes(source), await planes(target)];
  const image = movePatch(from.image, onto.image, patch, match.placement);
  const { images, annotations, correlations } = written[kind];
  const id = images.length + 1;
  const fileName = join(resolve(out), "images", `${kind}-${String(id).padStart(4, "0")}.png`);
  await writePng(image, onto.radiograph.bitsStored > 8 ? 16 : 8, fileName);
  const { width, height } = image;
  const placed = placedPatch(patch, match.placement);
  const box = [0, 0, width, height] as const;
  const outlines = placed.outlines.map((outline) => clipPolygon(outline, box).map(rounded));
  images.push({
    id,
    fileName,
    width,
    height,
    extra: {
      fractured: kind === "moved",
      region: target.region,
      views: target.views,
      hardware: false,
      group: [source.group, target.group],
      fold: target.fold,
      source: source.fileName,
      target: target.fileName,
      sourceOutlines: patch.outlines.map((outline) => outline.map(rounded)),
      outlines,
      correlation: rounded(match.correlation),
      context: rounded(match.context),
      likeness: rounded(move.likeness.correlation),
      scale: rounded(match.placement.scale),
    },
  });
  correlations.push(match.correlation);
  uses[kind].set(target.fileName, (uses[kind].get(target.fileName) ?? 0) + 1);
  if (kind === "controls") return;
  for (const outline of outlines) {
    const bounds = polygonBounds(outline);
    annotations.push({
      id: annotations.length + 1,
      imageId: id,
      categoryId: 1,
      box: bounds,
      boxSize: [rounded(bounds[2] - bounds[0]), rounded(bounds[3] - bounds[1])],
      polygons: [outline],
      runs: null,
      area: rounded(polygonArea(outline)),
      isCrowd: false,
    });
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** With as many grey levels as the target has. */
async function writePng(
  { width, height, pixels }: DisplayImage,
  bits: 8 | 16,
  path: string,
): Promise<void> {
  const greatest = 2 ** bits - 1;
  const samples = bits === 8 ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) samples[i] = Math.round(pixels[i] * greatest);
  const image = sharp(samples, { raw: { width, height, channels: 1 } });
  await image
    .toColourspace(bits === 8 ? "b-w" : "grey16")
    .png()
    .toFile(path);
}
