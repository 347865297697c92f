/**
 * Whether bfloat16 learns and finds what float32 does: the quick recipe trained from one seed in both,
 * and one network's detections in both. Not about speed, though the rows hold the times, too.
 *
 *   MALLEOLUS_BENCH_COCO, MALLEOLUS_BENCH_IMAGES   a COCO file and its images; else synthetic ones
 *   MALLEOLUS_BENCH_WEIGHTS                        initial weights; else none
 *   MALLEOLUS_BENCH_CHECKPOINT                     a model.safetensors whose detections are compared;
 *                                                  else what float32 has just learned
 *
 * `--runs` is the number of steps. The aims: a mean loss of the last 50 steps within 3 %, and 95 % of the
 * detections above 0.5 found in the other with an IoU above 0.9. With a checkpoint and one run, only its
 * detections are compared.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseCoco, readRadiograph } from "@malleolus/data";
import { boxIou } from "@malleolus/geometry";
import { openDetector, type Precision } from "@malleolus/networks";
import { findDetector, readEvents } from "@malleolus/runs";
import type { Finding } from "@malleolus/schema";
import { writeSyntheticSet } from "@malleolus/training/test-synthetic-set";
import type { Bench } from "./bench.ts";
import { type Row, row, summarize, timed } from "./measure.ts";

const PRECISIONS: readonly Precision[] = ["float32", "bfloat16"];
const LAST_STEPS = 50;
const LARGEST_LOSS_DIFFERENCE = 0.03;
const IMAGES = 50;
const SCORE = 0.5;
const SAME_BOX_IOU = 0.9;
const LEAST_AGREEMENT = 0.95;
const SYNTHETIC_IMAGES = 90;

export const precision: Bench = {
  name: "precision",
  peerModules: [],
  defaultRuns: 200,
  async run({ runs: steps, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-precision-"));
    try {
      const data = await chooseData(join(folder, "set"));
      const checkpoint = process.env.MALLEOLUS_BENCH_CHECKPOINT;
      const rows: Row[] = [];
      let detector = checkpoint;
      if (steps > 1 || checkpoint === undefined) {
        const trained = await trainBoth(data, steps, folder, progress);
        rows.push(trained.row);
        detector ??= trained.detector;
      }
      if (detector !== undefined) rows.push(await detectBoth(detector, data, progress));
      return rows;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

interface Data {
  readonly name: string;
  readonly coco: string;
  readonly images: string;
}

async function chooseData(folder: string): Promise<Data> {
  const { MALLEOLUS_BENCH_COCO: coco, MALLEOLUS_BENCH_IMAGES: images } = process.env;
  if (coco !== undefined && images !== undefined) return { name: "radiographs", coco, images };
  await writeSyntheticSet(folder, SYNTHETIC_IMAGES);
  return { name: "synthetic images", coco: join(folder, "train.json"), images: folder };
}

async function trainBoth(
  data: Data,
  steps: number,
  folder: string,
  progress: (line: string) => void,
): Promise<{ row: Row; detector: string }> {
  const runs = new Map<Precision, TrainedRun>();
  for (const dtype of PRECISIONS) {
    progress(`${steps} steps on ${data.name} in ${dtype}`);
    runs.set(dtype, await train(data, steps, dtype, join(folder, dtype)));
  }
  const [whole, half] = PRECISIONS.map((dtype) => runs.get(dtype));
  if (whole === undefined || half === undefined) throw new Error("internal: a run is missing");
  const [wholeLoss, halfLoss] = [whole, half].map(({ losses }) => mean(losses.slice(-LAST_STEPS)));
  const apart = Math.abs(halfLoss - wholeLoss) / wholeLoss;
  const isNear = apart <= LARGEST_LOSS_DIFFERENCE;
  const note =
    `mean loss of the last ${Math.min(LAST_STEPS, steps)} steps ${halfLoss.toFixed(4)}, in float32 ` +
    `${wholeLoss.toFixed(4)}: ${percent(apart)} apart, ${isNear ? "meets" : "misses"} the aim of ${percent(LARGEST_LOSS_DIFFERENCE)}`;
  return {
    row: row(
      `a step of ${steps} on ${data.name}, bfloat16`,
      summarize(half.stepMs),
      summarize(whole.stepMs),
      "ours float32",
      note,
    ),
    detector: whole.detector,
  };
}

interface TrainedRun {
  /** Of every step. */
  readonly losses: readonly number[];
  readonly stepMs: readonly number[];
  /** A `model.safetensors`. */
  readonly detector: string;
}

/** `malleolus train` with the quick recipe, its own seed, and checkpoints only at the end. */
async function train(
  { coco, images }: Data,
  steps: number,
  dtype: Precision,
  out: string,
): Promise<TrainedRun> {
  const weights = process.env.MALLEOLUS_BENCH_WEIGHTS;
  const program = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [
      ...[program, "train", "--recipe", "quick", "--json", "--dtype", dtype, "--out", out],
      ...["--coco", coco, "--images", images],
      ...["--steps", String(steps), "--checkpoint-every", String(steps)],
      ...(weights === undefined ? [] : ["--weights", weights]),
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0) throw new Error(`malleolus train in ${dtype} ended with ${code}`);
  const ofSteps = readEvents(join(out, "events.jsonl")).filter((event) => event.event === "step");
  return {
    losses: ofSteps.map(({ loss }) => loss),
    stepMs: ofSteps.map(({ seconds }) => 1000 * seconds),
    detector: findDetector(out).path,
  };
}

/** The detections of one network in both, on the first images with objects. */
async function detectBoth(
  path: string,
  data: Data,
  progress: (line: string) => void,
): Promise<Row> {
  const { images, annotations } = parseCoco(readFileSync(data.coco, "utf8"), data.coco);
  const annotated = new Set(annotations.map(({ imageId }) => imageId));
  const chosen = images.filter(({ id }) => annotated.has(id)).slice(0, IMAGES);
  const found = new Map<Precision, { findings: Finding[][]; times: number[] }>();
  for (const dtype of PRECISIONS) {
    progress(`detections on ${chosen.length} ${data.name} in ${dtype}`);
    const detector = openDetector(path, { precision: dtype });
    const [findings, times]: [Finding[][], number[]] = [[], []];
    for (const { fileName } of chosen) {
      const radiograph = await readRadiograph(join(data.images, fileName));
      times.push(timed(() => findings.push(detector.detect(radiograph))));
    }
    detector.close();
    found.set(dtype, { findings, times });
  }
  const [whole, half] = PRECISIONS.map((dtype) => found.get(dtype));
  if (whole === undefined || half === undefined) throw new Error("internal: a side is missing");
  const again = [
    ...foundAgain(whole.findings, half.findings),
    ...foundAgain(half.findings, whole.findings),
  ];
  const agreement = again.filter((isFound) => isFound).length / again.length;
  const isEnough = agreement >= LEAST_AGREEMENT;
  const note =
    again.length === 0
      ? `no detection above ${SCORE} in either: nothing to compare`
      : `of ${again.length} detections above ${SCORE} in both together, ${percent(agreement)} were ` +
        `found in the other with an IoU above ${SAME_BOX_IOU}, ${isEnough ? "meets" : "misses"} the aim of ${percent(LEAST_AGREEMENT)}`;
  return row(
    `detection on ${chosen.length} ${data.name}, bfloat16`,
    summarize(half.times),
    summarize(whole.times),
    "ours float32",
    note,
  );
}

/** For every confident detection of the first, whether the second has it, with whatever score. */
function foundAgain(
  first: readonly (readonly Finding[])[],
  second: readonly (readonly Finding[])[],
): boolean[] {
  return first.flatMap((own, image) =>
    own
      .filter(({ score }) => score > SCORE)
      .map((finding) =>
        second[image].some(
          (other) => other.class === finding.class && boxIou(other.box, finding.box) > SAME_BOX_IOU,
        ),
      ),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
