/**
 * How often `radiographFault` refuses radiographs as they should be, and how many altered ones it lets through: real
 * ankles of FracAtlas, its other regions, and the same inverted, with grey air and with white, of a tenth of their
 * contrast, with the brighter of their pixels burnt out to white, and with the darker sunk into black. Started by hand, with
 * FracAtlas' folder, or with radiographs, DICOM files say:
 *
 *     node experiments/radiograph-faults.ts FRACATLAS [COUNT]
 *     node experiments/radiograph-faults.ts FILE...
 *
 * The limits were set on train.json: that of black is what one of a hundred of its ankles without hardware lies above, which
 * is printed, and that of white as well; but simulated ankles have more of it, and it was set by them. Borders were taken off
 * afterwards, and the limit stayed. The figures that count are those of valid.json and normals.json, which are printed together,
 * too, and how many of their ankles the service refuses for any reason, what the network tells included (`faultSeen`). All
 * ankles, and COUNT of the others at the most, in a seeded order. Minutes.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import {
  type ClippedShares,
  clippedShares,
  type DisplayImage,
  type RadiographFault,
  radiographFault,
} from "@malleolus/imaging";
import { openRadiographCheck, type RadiographCheck } from "@malleolus/networks";
import { seededOrder } from "@malleolus/random";

const [first, most = "100000"] = process.argv.slice(2);
if (first === undefined) {
  console.error("usage: node experiments/radiograph-faults.ts FRACATLAS [COUNT] | FILE...");
  process.exit(2);
}

const AIR = 0.12;
const ALTERED: Readonly<Record<string, (image: DisplayImage) => DisplayImage>> = {
  inverted: (image) => altered(image, (value) => 1 - value),
  "inverted, white air": (image) =>
    altered(image, (value) => 1 - Math.max(0, value - AIR) / (1 - AIR)),
  flat: (image) => altered(image, (value) => 0.3 + 0.1 * value),
  "a fifth burnt out": (image) => burntOut(image, 0.2),
  "two fifths burnt out": (image) => burntOut(image, 0.4),
  "three quarters sunk": (image) => sunk(image, 0.75),
  "nine tenths sunk": (image) => sunk(image, 0.9),
};
const AS_THEY_ARE = "as they are";
const WAYS = [AS_THEY_ARE, ...Object.keys(ALTERED)];
/** Of ankles of train.json without hardware. */
const ABOVE_LIMIT = 0.01;

/** By the way that they were altered, and of these by the reason. */
type Refused = Readonly<Record<string, Readonly<Partial<Record<RadiographFault, number>>>>>;

if (statSync(first).isDirectory()) await measureFracAtlas(first, Number(most));
else print("these", await refusedOf(process.argv.slice(2)), process.argv.length - 2);

async function measureFracAtlas(folder: string, most: number): Promise<void> {
  const check = openRadiographCheck();
  if (check === null)
    throw new Error("the check of what a radiograph shows: expected its file, got none");
  const whole = { refused: 0, total: 0 };
  const unseen = new Map<string, { refused: Refused; total: number }>();
  for (const set of ["valid", "normals", "train"]) {
    const path = join(folder, `${set}.json`);
    const { images } = parseCoco(readFileSync(path, "utf8"), path);
    const byRegion = Object.groupBy(images, ({ extra }) =>
      typeof extra.ankle === "string" ? "ankles" : "others",
    );
    for (const [region, all] of Object.entries(byRegion)) {
      const count = region === "ankles" ? all.length : most;
      const some = seededOrder(all, ({ fileName }) => fileName, 1, "faults").slice(0, count);
      if (some.length === 0) continue;
      const clipped: ClippedShares[] = [];
      const isUnseenAnkle = set !== "train" && region === "ankles";
      const refused = await refusedOf(
        some.map(({ fileName }) => join(folder, "images", fileName)),
        (image, i) => {
          if (some[i].extra.hardware !== true) clipped.push(clippedShares(image));
          if (!isUnseenAnkle) return;
          whole.total++;
          if (radiographFault(image) !== null || isOther(check, image, some[i].extra.views)) {
            whole.refused++;
          }
        },
      );
      if (set === "train" && region === "ankles") printLimits(clipped);
      print(`${set}, ${region}`, refused, some.length);
      if (set === "train") continue;
      const before = unseen.get(region) ?? { refused: {}, total: 0 };
      unseen.set(region, {
        refused: Object.fromEntries(
          WAYS.map((way) => [way, sumOf(before.refused[way] ?? {}, refused[way] ?? {})]),
        ),
        total: before.total + some.length,
      });
    }
  }
  for (const [region, { refused, total }] of unseen) {
    print(`valid and normals, ${region}`, refused, total);
  }
  check.close();
  console.log(
    `valid and normals, ankles, for any reason: ${shareText(whole.refused, whole.total)}`,
  );
}

/** Another part, or another view than FracAtlas says, where it says a single one. */
function isOther(check: RadiographCheck, image: DisplayImage, views: unknown): boolean {
  const { isAnkle, view } = check.look(image);
  const [said, ...more] = Array.isArray(views) ? views : [];
  return !isAnkle || (view !== null && said !== undefined && more.length === 0 && view !== said);
}

/** How many are refused as they are, and altered in each way. */
async function refusedOf(
  paths: readonly string[],
  onImage: (image: DisplayImage, index: number) => void = () => undefined,
): Promise<Refused> {
  const refused: Record<string, Partial<Record<RadiographFault, number>>> = {};
  const count = (way: string, fault: RadiographFault | null) => {
    if (fault !== null) refused[way] = sumOf(refused[way] ?? {}, { [fault]: 1 });
  };
  for (const [i, path] of paths.entries()) {
    const image = await readRadiograph(path);
    onImage(image, i);
    count(AS_THEY_ARE, radiographFault(image));
    for (const [way, alter] of Object.entries(ALTERED)) {
      count(way, radiographFault(alter(image)));
    }
  }
  return refused;
}

function print(which: string, refused: Refused, all: number): void {
  for (const way of WAYS) {
    const reasons = Object.entries(refused[way] ?? {});
    const sum = reasons.reduce((all, [, own]) => all + own, 0);
    const why = reasons.map(([reason, own]) => `, ${own} ${reason}`).join("");
    console.log(`${which}, ${way}: ${shareText(sum, all)}${why}`);
  }
}

function shareText(refused: number, all: number): string {
  const { count, total, interval } = proportionOf(refused, all);
  const [low, high] = (interval ?? []).map((share) => share.toFixed(3));
  return `${count} of ${total} refused (${low} to ${high})`;
}

function printLimits(clipped: readonly ClippedShares[]): void {
  for (const kind of ["white", "black"] as const) {
    const shares = clipped.map((own) => own[kind]).toSorted((a, b) => b - a);
    const limit = shares[Math.floor(ABOVE_LIMIT * shares.length)];
    const [median, most] = [shares[Math.floor(shares.length / 2)], shares[0]];
    console.log(
      `${kind}: limit ${limit.toFixed(3)} (median ${median.toFixed(3)}, most ${most.toFixed(3)})`,
    );
  }
}

function altered(image: DisplayImage, alter: (value: number) => number): DisplayImage {
  return { ...image, pixels: Float32Array.from(image.pixels, alter) };
}

/** So bright that such a share of its pixels that are not white already is. */
function burntOut(image: DisplayImage, share: number): DisplayImage {
  const gray = image.pixels.filter((value) => value < 0.97).toSorted();
  const white = gray[Math.floor((1 - share) * gray.length)];
  return altered(image, (value) => Math.min(1, value / white));
}

/** So dark that such a share of its pixels that are not black already is. */
function sunk(image: DisplayImage, share: number): DisplayImage {
  const gray = image.pixels.filter((value) => value > 0.03 && value < 0.97).toSorted();
  const black = gray[Math.floor(share * gray.length)];
  return altered(image, (value) => Math.max(0, value - black) / (1 - black));
}

function sumOf(
  one: Readonly<Partial<Record<RadiographFault, number>>>,
  other: Readonly<Partial<Record<RadiographFault, number>>>,
): Partial<Record<RadiographFault, number>> {
  const sum = { ...one };
  for (const fault of ["inverted", "flat", "white", "black"] as const) {
    const count = (one[fault] ?? 0) + (other[fault] ?? 0);
    if (count > 0) sum[fault] = count;
  }
  return sum;
}
