/**
 * What a training changes, and how a checkpoint holds it: the file that predicts, and the optimizer's
 * momentum. Where the weights are averaged, that file has the average, and the weights that train lie
 * beside it.
 */

import { join } from "node:path";
import type { Checkpoint } from "@malleolus/runs";
import { nn, readSafetensors, scope, writeSafetensors } from "@malleolus/torch";
import { TrainingError } from "../errors.ts";
import type { Optimizer } from "../optimizer.ts";
import type { Task } from "../tasks/task.ts";
import type { WeightAverage } from "../weight-average.ts";

export interface TrainingState {
  readonly task: Task;
  readonly optimizer: Optimizer;
  /** Null where the recipe asks for none. */
  readonly average: WeightAverage | null;
}

const MODEL = "model.safetensors";
const OPTIMIZER = "optimizer.safetensors";
const WEIGHTS = "weights.safetensors";

/** @throws TorchError `checkpoint` where a file cannot be written. */
export function writeTraining(directory: string, state: TrainingState): void {
  const { task, optimizer, average } = state;
  if (average === null) {
    task.write(join(directory, MODEL));
  } else {
    writeSafetensors(join(directory, WEIGHTS), nn.parameters(task.model));
    average.swap();
    try {
      task.write(join(directory, MODEL));
    } finally {
      average.swap();
    }
  }
  writeSafetensors(join(directory, OPTIMIZER), optimizer.state());
}

/** @throws TrainingError `checkpoint` where the files hold another model. */
export function loadTraining(checkpoint: Checkpoint, state: TrainingState): void {
  const { task, optimizer, average } = state;
  const at = (name: string) => join(checkpoint.path, name);
  scope(() => {
    if (average === null) {
      load(task.model, at(MODEL), checkpoint);
    } else {
      load(Object.fromEntries(nn.parameters(task.model)), at(WEIGHTS), checkpoint);
      average.swap();
      load(task.model, at(MODEL), checkpoint);
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
