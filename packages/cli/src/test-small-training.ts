/** For tests: the command line in a process of its own, and a small set with a recipe of a narrow network. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { quickRecipe } from "@malleolus/runs";
import sharp from "sharp";

const mainPath = join(import.meta.dirname, "main.ts");

export interface Ended {
  readonly code: number | null;
  readonly written: string;
  readonly said: string;
}

export function start(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [mainPath, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  const texts = { written: "", said: "" };
  child.stdout.on("data", (data) => {
    texts.written += data;
  });
  child.stderr.on("data", (data) => {
    texts.said += data;
  });
  const ended = once(child, "close").then(([code]) => ({ code, ...texts }));
  return { child, ended };
}

/** Six images, two without a bright bar, and a recipe for a small network. */
export async function prepareTraining(
  context: TestContext,
): Promise<{ folder: string; train: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-commands-"));
  context.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "images"));
  const [width, height] = [90, 80];
  const images = [];
  const annotations = [];
  for (let id = 1; id <= 6; id++) {
    const pixels = new Uint8Array(width * height).fill(60 + id);
    const [x, y] = [8 * id, 5 * id];
    if (id % 3 !== 0) {
      for (let row = y; row < y + 14; row++) {
        pixels.fill(220, row * width + x, row * width + x + 30);
      }
      const segmentation = [[x, y, x + 30, y, x + 30, y + 14, x, y + 14]];
      annotations.push({ id, image_id: id, category_id: 1, segmentation });
    }
    const file_name = `${id}.png`;
    await sharp(pixels, { raw: { width, height, channels: 1 } })
      .png()
      .toFile(join(folder, "images", file_name));
    images.push({ id, file_name, width, height });
  }
  const coco = { images, annotations, categories: [{ id: 1, name: "fracture" }] };
  writeFileSync(join(folder, "train.json"), JSON.stringify(coco));

  const { model, optimizer } = quickRecipe;
  const recipe = {
    ...quickRecipe,
    steps: 500,
    // The bars are found after some forty steps.
    optimizer: {
      ...optimizer,
      method: { kind: "adamw", beta1: 0.9, beta2: 0.99 },
      schedule: {
        ...optimizer.schedule,
        baseLearningRate: 0.003,
        warmup: { steps: 5, factor: 0.1 },
      },
    },
    input: { ...quickRecipe.input, minSizes: [64], maxSize: 96 },
    preprocess: { ...quickRecipe.preprocess, minSize: 64, maxSize: 96 },
    model: {
      ...model,
      classes: ["to be replaced"],
      backbone: { ...model.backbone, depth: 26, width: 32, fpnChannels: 32 },
      roi: {
        ...model.roi,
        batchSizePerImage: 16,
        box: { ...model.roi.box, fullyConnectedChannels: 32 },
        mask: { ...model.roi.mask, convolutions: 1, channels: 32 },
      },
    },
  };
  writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe));
  const train = ["train", "--coco", join(folder, "train.json"), "--images", join(folder, "images")];
  train.push("--recipe", join(folder, "recipe.json"), "--out", join(folder, "run"));
  return { folder, train: [...train, "--threads", "1", "--dtype", "float32"] };
}
