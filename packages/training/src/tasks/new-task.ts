/** The task of a recipe, by the kind of its model. */
import type { Recipe } from "@malleolus/schema";
import type { Device } from "@malleolus/torch";
import type { TrainingSet } from "../data-set.ts";
import { classificationTask } from "./classification.ts";
import { detectionTask } from "./detection.ts";
import { segmentationTask } from "./segmentation.ts";
import type { Task } from "./task.ts";

/** With a new network, which the seed decides, on every device alike. */
export function newTask(recipe: Recipe, set: TrainingSet, device: Device): Task {
  const { model } = recipe;
  switch (model.kind) {
    case "mask-rcnn":
      return detectionTask({ ...recipe, model }, device);
    case "segmentation":
      return segmentationTask({ ...recipe, model }, set, device);
    case "classification":
      return classificationTask({ ...recipe, model }, set, device);
  }
}
