/** Detection: Mask R-CNN learns boxes, classes and outlines of objects, and finds them again. */
import {
  averagePrecision,
  type LabeledImage,
  measureImages,
  NO_FRACTURE,
} from "@malleolus/evaluation";
import {
  activationMeans,
  examineWithFlip,
  freeModel,
  initializeNetwork,
  maskRcnn,
  measureNormStatistics,
  placeModel,
  writeDetector,
} from "@malleolus/networks";
import type { RecipeOf, ValidationMeasures } from "@malleolus/schema";
import { type Device, manualSeed } from "@malleolus/torch";
import { batchOptions } from "../batch.ts";
import { efficientNetLite2Weights, ofWeights, resNetWeights } from "../initial-weights.ts";
import { labeledImage } from "../validation/labeled-image.ts";
import type { Examination, Task } from "./task.ts";

export function detectionTask(recipe: RecipeOf<"mask-rcnn">, device: Device): Task {
  manualSeed(recipe.seed);
  const model = maskRcnn(recipe.model);
  placeModel(model, device);
  return {
    model,
    initialize(weights, shown, alive) {
      const fit = ofWeights(weights, () => {
        const { tensors, own } =
          recipe.model.backbone.kind === "efficientnet-lite2"
            ? efficientNetLite2Weights(weights)
            : resNetWeights(weights);
        return initializeNetwork(model, tensors, { classes: own?.classes ?? null });
      });
      alive();
      measureNormStatistics(model, shown, alive);
      return fit;
    },
    activations: (batch) => activationMeans(model, batch),
    losses: (images, samples, random, whole) => ({
      ...model.losses(
        images,
        samples.map(({ target }) => target),
        random,
        whole,
      ),
    }),
    examine({ classes }): Examination {
      const labeled: LabeledImage[] = [];
      return {
        look(image, sample) {
          const { testTimeFlip } = recipe.preprocess;
          const options = batchOptions(recipe, device);
          const { detections, shown } = examineWithFlip(model, sample.image, testTimeFlip, options);
          const scaleX = sample.image.width / image.width;
          const scaleY = sample.image.height / image.height;
          labeled.push(labeledImage(image, detections, classes, { scaleX, scaleY }, shown));
        },
        measures: () => measuresOf(labeled, classes, recipe.model.roi.scoreThreshold),
      };
    },
    write: (path) => writeDetector(path, model, recipe.preprocess),
    free: () => freeModel(model),
  };
}

/** As `malleolus evaluate` measures them. */
function measuresOf(
  labeled: readonly LabeledImage[],
  classes: readonly string[],
  threshold: number,
): ValidationMeasures {
  // An intact bone that says "no fracture" is nothing to find, unless there is nothing else.
  const others = classes.filter((name) => name !== NO_FRACTURE);
  const notObjects = others.length === 0 ? [] : [NO_FRACTURE];
  const [box, mask] = (["box", "mask"] as const).map(
    (shape) => averagePrecision(labeled, classes, shape, notObjects).averagePrecision,
  );
  const { auc } = measureImages(labeled, { threshold, notObjects, groups: null });
  return {
    "box AP": box.all,
    "box AP50": box.iou50,
    "mask AP": mask.all,
    "mask AP50": mask.iou50,
    "image AUC": auc?.auc ?? null,
  };
}
