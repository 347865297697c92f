/**
 * On how many radiographs prelabel outlines something: of simulated ankles and of real ones in FracAtlas, where it
 * should, and of hands, shoulders and hips there, where nothing may be invented. Started by hand, with a segmentation's run,
 * FracAtlas' folder, and the folder and archive of `preliminary-sets.ts`:
 *
 *     node experiments/lower-leg.ts RUN FRACATLAS SETS ARCHIVE [COUNT] [FROM]
 *
 * The first radiographs of each order set the rule's thresholds: FROM 100 leaves them out. Minutes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { proportionOf } from "@malleolus/evaluation";
import { outlineStructures } from "@malleolus/imaging";
import { openSegmenter } from "@malleolus/networks";
import { seededOrder } from "@malleolus/random";
import { findDetector } from "@malleolus/runs";

const [run, fracatlas, sets, archive, count = "200", from = "0"] = process.argv.slice(2);
if (run === undefined || fracatlas === undefined || sets === undefined || archive === undefined) {
  console.error("usage: node experiments/lower-leg.ts RUN FRACATLAS SETS ARCHIVE [COUNT] [FROM]");
  process.exit(2);
}

const segmenter = openSegmenter(findDetector(run).path);
const images = join(fracatlas, "images");
const others = filesOf(join(fracatlas, "normals.json"), images, ({ region }) =>
  ["hand", "shoulder", "hip"].includes(String(region)),
);
const realAnkles = filesOf(
  join(fracatlas, "train.json"),
  images,
  ({ ankle }) => typeof ankle === "string",
);
const ankles = filesOf(join(sets, "structures-tuning.json"), archive, () => true);
await say("other parts of the body", others);
await say("simulated ankles", ankles);
await say("real ankles", realAnkles);
segmenter.close();

function filesOf(
  coco: string,
  folder: string,
  wanted: (extra: Readonly<Record<string, unknown>>) => boolean,
): string[] {
  const { images } = parseCoco(readFileSync(coco, "utf8"), coco);
  const own = images.filter(({ extra }) => wanted(extra)).map(({ fileName }) => fileName);
  return seededOrder(own, (name) => name, 1, "lower leg")
    .slice(Number(from), Number(from) + Number(count))
    .map((name) => join(folder, name));
}

async function say(name: string, files: readonly string[]): Promise<void> {
  let outlined = 0;
  for (const path of files) {
    const radiograph = await readRadiograph(path);
    const { found } = segmenter.segment(radiograph);
    if (outlineStructures(found, segmenter.structures, radiograph).isLowerLeg) outlined++;
  }
  const { share, interval } = proportionOf(outlined, files.length);
  const [low, high] = interval ?? [Number.NaN, Number.NaN];
  console.log(
    `${name}: ${outlined} of ${files.length} outlined, ${share?.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
  );
}
