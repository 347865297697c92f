/** What a checkpoint holds of a training: the detector and the optimiser's momentum. */
import { join } from "node:path";
import { type MaskRcnn, writeDetector } from "@malleolus/detection";
import { nn, readSafetensors, scope, type Tensor, writeSafetensors } from "@malleolus/torch";
import { TrainingError } from "../errors.ts";
import type { Optimiser } from "../optimiser.ts";
import { type Checkpoint, type RunState, writeCheckpoint } from "./checkpoint.ts";

/** @throws TrainingError `checkpoint` where it cannot be written. */
export function saveTraining(
  runDirectory: string,
  state: Omit<RunState, "format">,
  model: MaskRcnn,
  optimise: Optimiser,
): Checkpoint {
  return writeCheckpoint(runDirectory, state, (directory) => {
    writeDetector(join(directory, "model.safetensors"), model, state.recipe.preprocess);
    writeSafetensors(join(directory, "optimizer.safetensors"), optimise.state());
  });
}

/** @throws TrainingError `checkpoint` where the file holds another model. */
export function loadTraining(checkpoint: Checkpoint, model: MaskRcnn, optimise: Optimiser): void {
  scope(() => {
    const modelPath = join(checkpoint.path, "model.safetensors");
    const { missing, unexpected, mismatched } = nn.loadStateDict(model, read(modelPath));
    const [wrong] = [...missing, ...unexpected, ...mismatched.map(({ name }) => name)];
    if (wrong !== undefined) {
      throw new TrainingError(
        "checkpoint",
        `${modelPath}: a checkpoint of another model (${wrong} does not fit); ` +
          `remove ${checkpoint.path}`,
      );
    }
    optimise.loadState(read(join(checkpoint.path, "optimizer.safetensors")));
  });
}

function read(path: string): Map<string, Tensor> {
  return readSafetensors(path).tensors;
}
