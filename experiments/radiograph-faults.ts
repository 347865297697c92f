/**
 * How often `radiographFault` refuses radiographs as they should be, and how many altered ones it lets through: real
 * ankles of FracAtlas, its other regions, and the same inverted, with grey air and with white, and of a tenth of their
 * contrast. Started by hand, with FracAtlas' folder, or with radiographs, DICOM files say:
 *
 *     node experiments/radiograph-faults.ts FRACATLAS [COUNT]
 *     node experiments/radiograph-faults.ts FILE...
 *
 * The limits were set on train.json; the figures that count are those of valid.json and normals.json, which are printed
 * together, too. COUNT of each at the most, in a seeded order. Minutes.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { type DisplayImage, type RadiographFault, radiographFault } from "@malleolus/imaging";
import { seededOrder } from "@malleolus/random";

const [first, most = "100000"] = process.argv.slice(2);
if (first === undefined) {
  console.error("usage: node experiments/radiograph-faults.ts FRACATLAS [COUNT] | FILE...");
  process.exit(2);
}

const AIR = 0.12;
const ALTERED: Readonly<Record<string, (value: number) => number>> = {
  inverted: (value) => 1 - value,
  "inverted, white air": (value) => 1 - Math.max(0, value - AIR) / (1 - AIR),
  flat: (value) => 0.3 + 0.1 * value,
};
const AS_THEY_ARE = "as they are";
const WAYS = [AS_THEY_ARE, ...Object.keys(ALTERED)];

type Refused = Readonly<Record<string, number>>;

if (statSync(first).isDirectory()) await measureFracAtlas(first, Number(most));
else print("these", await refusedOf(process.argv.slice(2)), process.argv.length - 2);

async function measureFracAtlas(folder: string, most: number): Promise<void> {
  const unseen = new Map<string, { refused: Refused; total: number }>();
  for (const set of ["valid", "normals", "train"]) {
    const path = join(folder, `${set}.json`);
    const { images } = parseCoco(readFileSync(path, "utf8"), path);
    const byRegion = Object.groupBy(images, ({ extra }) =>
      typeof extra.ankle === "string" ? "ankles" : "others",
    );
    for (const [region, all] of Object.entries(byRegion)) {
      const some = seededOrder(all, ({ fileName }) => fileName, 1, "faults").slice(0, most);
      const refused = await refusedOf(some.map(({ fileName }) => join(folder, "images", fileName)));
      print(`${set}, ${region}`, refused, some.length);
      if (set === "train") continue;
      const before = unseen.get(region) ?? { refused: {}, total: 0 };
      unseen.set(region, {
        refused: Object.fromEntries(
          WAYS.map((way) => [way, (before.refused[way] ?? 0) + (refused[way] ?? 0)]),
        ),
        total: before.total + some.length,
      });
    }
  }
  for (const [region, { refused, total }] of unseen) {
    print(`valid and normals, ${region}`, refused, total);
  }
}

/** How many are refused as they are, and altered in each way. */
async function refusedOf(paths: readonly string[]): Promise<Refused> {
  const refused: Record<string, number> = {};
  for (const path of paths) {
    const image = await readRadiograph(path);
    count(refused, AS_THEY_ARE, radiographFault(image));
    for (const [way, alter] of Object.entries(ALTERED)) {
      count(refused, way, radiographFault(altered(image, alter)));
    }
  }
  return refused;
}

function print(which: string, refused: Refused, all: number): void {
  for (const way of WAYS) {
    const { count, total, interval } = proportionOf(refused[way] ?? 0, all);
    const [low, high] = (interval ?? []).map((share) => share.toFixed(3));
    console.log(`${which}, ${way}: ${count} of ${total} refused (${low} to ${high})`);
  }
}

function altered(image: DisplayImage, alter: (value: number) => number): DisplayImage {
  return { ...image, pixels: Float32Array.from(image.pixels, alter) };
}

function count(refused: Record<string, number>, what: string, fault: RadiographFault | null): void {
  if (fault !== null) refused[what] = (refused[what] ?? 0) + 1;
}
