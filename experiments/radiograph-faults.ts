/**
 * How often `radiographFault` refuses radiographs as they should be, and how many altered ones it lets through: real
 * ankles of FracAtlas, its other regions, and the same inverted, with grey air and with white, and of a tenth of their
 * contrast. Started by hand, with FracAtlas' folder:
 *
 *     node experiments/radiograph-faults.ts FRACATLAS [COUNT]
 *
 * The limits were set on train.json; the figures that count are those of valid.json and normals.json. COUNT of each at the
 * most, in a seeded order. Minutes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { type DisplayImage, type RadiographFault, radiographFault } from "@malleolus/imaging";
import { seededOrder } from "@malleolus/random";

const [fracatlas, most = "100000"] = process.argv.slice(2);
if (fracatlas === undefined) {
  console.error("usage: node experiments/radiograph-faults.ts FRACATLAS [COUNT]");
  process.exit(2);
}

const AIR = 0.12;
const ALTERED: Readonly<Record<string, (value: number) => number>> = {
  inverted: (value) => 1 - value,
  "inverted, white air": (value) => 1 - Math.max(0, value - AIR) / (1 - AIR),
  flat: (value) => 0.3 + 0.1 * value,
};

for (const set of ["valid", "normals", "train"]) {
  const path = join(fracatlas, `${set}.json`);
  const { images } = parseCoco(readFileSync(path, "utf8"), path);
  const isAnkle = (extra: Readonly<Record<string, unknown>>) => typeof extra.ankle === "string";
  const ankles = images.filter(({ extra }) => isAnkle(extra));
  const others = images.filter(({ extra }) => !isAnkle(extra));
  for (const [name, all] of [
    ["ankles", ankles],
    ["others", others],
  ] as const) {
    if (all.length === 0) continue;
    const some = seededOrder(all, ({ fileName }) => fileName, 1, "faults").slice(0, Number(most));
    const refused: Record<string, number> = {};
    for (const { fileName } of some) {
      const image = await readRadiograph(join(fracatlas, "images", fileName));
      count(refused, "as they are", radiographFault(image));
      for (const [fault, alter] of Object.entries(ALTERED)) {
        count(refused, fault, radiographFault(altered(image, alter)));
      }
    }
    for (const what of ["as they are", ...Object.keys(ALTERED)]) {
      const { count, total, interval } = proportionOf(refused[what] ?? 0, some.length);
      const [low, high] = (interval ?? []).map((share) => share.toFixed(3));
      console.log(`${set}, ${name}, ${what}: ${count} of ${total} refused (${low} to ${high})`);
    }
  }
}

function altered(image: DisplayImage, alter: (value: number) => number): DisplayImage {
  return { ...image, pixels: Float32Array.from(image.pixels, alter) };
}

function count(refused: Record<string, number>, what: string, fault: RadiographFault | null): void {
  if (fault !== null) refused[what] = (refused[what] ?? 0) + 1;
}
