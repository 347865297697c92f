/**
 * What a checkpoint holds of a training: the detector and the optimiser's momentum. Where the weights
 * are averaged, the detector has the average, and the weights that train lie beside it.
 */

import { join } from "node:path";
import { type MaskRcnn, writeDetector } from "@malleolus/networks";
import type { Checkpoint } from "@malleolus/runs";
import type { Recipe } from "@malleolus/schema";
import { nn, readSafetensors, scope, writeSafetensors } from "@malleolus/torch";
import { TrainingError } from "../errors.ts";
import type { Optimizer } from "../optimizer.ts";
import type { WeightAverage } from "../weight-average.ts";

/** What learns. */
export interface Learner {
  readonly model: MaskRcnn;
  readonly optimizer: Optimizer;
  /** Null where the recipe asks for none. */
  readonly average: WeightAverage | null;
}

const DETECTOR = "model.safetensors";
const OPTIMIZER = "optimizer.safetensors";
const WEIGHTS = "weights.safetensors";

/** @throws TorchError `checkpoint` where a file cannot be written. */
export function writeTraining(directory: string, learner: Learner, recipe: Recipe): void {
  const { model, optimizer, average } = learner;
  const path = join(directory, DETECTOR);
  if (average === null) {
    writeDetector(path, model, recipe.preprocess);
  } else {
    writeSafetensors(join(directory, WEIGHTS), nn.parameters(model));
    average.swap();
    try {
      writeDetector(path, model, recipe.preprocess);
    } finally {
      average.swap();
    }
  }
  writeSafetensors(join(directory, OPTIMIZER), optimizer.state());
}

/** @throws TrainingError `checkpoint` where the files hold another model. */
export function loadTraining(checkpoint: Checkpoint, learner: Learner): void {
  const { model, optimizer, average } = learner;
  const at = (name: string) => join(checkpoint.path, name);
  scope(() => {
    if (average === null) {
      load(model, at(DETECTOR), checkpoint);
    } else {
      load(Object.fromEntries(nn.parameters(model)), at(WEIGHTS), checkpoint);
      average.swap();
      load(model, at(DETECTOR), checkpoint);
      average.swap();
    }
    optimizer.loadState(readSafetensors(at(OPTIMIZER)).tensors);
  });
}

function load(module: object, path: string, checkpoint: Checkpoint): void {
  const { tensors } = readSafetensors(path);
  const { missing, unexpected, mismatched } = nn.loadStateDict(module, tensors);
  const [wrong] = [...missing, ...unexpected, ...mismatched.map(({ name }) => name)];
  if (wrong === undefined) return;
  throw new TrainingError(
    "checkpoint",
    `${path}: a checkpoint of another model (${wrong} does not fit); remove ${checkpoint.path}`,
  );
}
