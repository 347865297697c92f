/** A data set's objects as the structures of a segmentation: told by the names of their categories. */
import type { Target } from "@malleolus/imaging";
import type { Structure } from "@malleolus/schema";
import type { TrainingSet } from "../data-set.ts";
import { TrainingError } from "../errors.ts";

/** Of every class of the set its structure; null for one that is not painted. */
export type StructureOfClass = readonly (number | null)[];

/** @throws TrainingError `data` for a structure that no category is called by. */
export function structuresOf(
  { classes }: Pick<TrainingSet, "classes">,
  structures: readonly Structure[],
): StructureOfClass {
  const names = structures.map(({ name }) => name);
  const missing = names.filter((name) => !classes.includes(name));
  if (missing.length > 0) {
    throw new TrainingError(
      "data",
      `a segmentation of ${names.join(", ")}: expected a category of each in the annotations, got none ` +
        `called ${missing.join(", ")} among ${classes.join(", ")}; outline them, or leave them out of ` +
        "the recipe's model.structures",
    );
  }
  return classes.map((name) => {
    const index = names.indexOf(name);
    return index < 0 ? null : index;
  });
}

/** The target's objects that are structures, under these structures' indices. */
export function structuresTarget(
  { classes, polygons }: Pick<Target, "classes" | "polygons">,
  structureOfClass: StructureOfClass,
): Pick<Target, "classes" | "polygons"> {
  const painted = classes.flatMap((index, i) => {
    const structure = structureOfClass[index] ?? null;
    return structure === null ? [] : [{ structure, outlines: polygons[i] }];
  });
  return {
    classes: painted.map(({ structure }) => structure),
    polygons: painted.map(({ outlines }) => outlines),
  };
}
