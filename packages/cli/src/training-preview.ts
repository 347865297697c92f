/** Pictures of what a training shows its network, so that a person sees whether outlines and recipe fit. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Box, Polygon } from "@malleolus/geometry";
import { writeFileWhole } from "@malleolus/host";
import type { Recipe } from "@malleolus/schema";
import type { ShownSample, TrainingSet } from "@malleolus/training";
import { renderOverlay } from "./overlay.ts";
import { markOverlay } from "./own-output.ts";

const OURS = /^step-\d{6,}-\d+\.png$/;

/**
 * Writes `step-000001-1.png` and so on, an image of a batch each, in place of those of an earlier preview: the outlines
 * and the boxes that are learned dashed, the radiograph's name and the network's pixels below.
 */
export async function writePreview(
  recipe: Recipe,
  set: TrainingSet,
  steps: number,
  folder: string,
): Promise<{ readonly pictures: number }> {
  const { shownSamples } = await import("@malleolus/training");
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => OURS.test(name))) {
    rmSync(join(folder, file));
  }
  const done = { steps: 0, pictures: 0 };
  for await (const samples of shownSamples(recipe, set, { end: steps })) {
    done.steps++;
    const step = String(done.steps).padStart(6, "0");
    for (const [slot, sample] of samples.entries()) {
      const picture = await drawSample(sample, set.classes);
      writeFileWhole(join(folder, `step-${step}-${slot + 1}.png`), markOverlay(picture));
      done.pictures++;
    }
  }
  return { pictures: done.pictures };
}

function drawSample(sample: ShownSample, classes: readonly string[]): Promise<Buffer> {
  const { image, target, path } = sample;
  const { width, height } = image;
  const shown = {
    width,
    height,
    pixelSpacingMm: null,
    spacingSource: "none",
    pixels: image.pixels.map((value) => Math.min(1, Math.max(0, value / 255))),
  } as const;
  const truths = target.boxes.map((box, i) => [...target.polygons[i], rectangle(box)]);
  const names = target.classes.map((index) => classes[index]).join(", ");
  const sentence = `${basename(path)}, ${width} x ${height}: ${names === "" ? "nothing annotated in view" : names}`;
  return renderOverlay(shown, [], classes, truths, sentence);
}

function rectangle([x1, y1, x2, y2]: Box): Polygon {
  return [x1, y1, x2, y1, x2, y2, x1, y2];
}
