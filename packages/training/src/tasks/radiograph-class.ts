/**
 * The class of a radiograph, from the classes of the objects that are annotated on it: theirs, or where
 * nothing is that of no fracture. A radiograph of two classes has none.
 */
import { NO_FRACTURE } from "@malleolus/evaluation";
import type { TrainingImage, TrainingSet } from "../data-set.ts";
import { TrainingError } from "../errors.ts";

/** The class, an index of the network's classes, for classes of objects, indices of the set's. */
export type RadiographClass = (objects: readonly number[]) => number;

/** Categories that are none of the network's classes, as bones beside fractures, say nothing of it. */
export function radiographClass(
  { classes: categories }: Pick<TrainingSet, "classes">,
  classes: readonly string[],
): RadiographClass {
  const own = categories.map((name) => classes.indexOf(name));
  const sound = classes.indexOf(NO_FRACTURE);
  return (objects) => classesOn(objects, own)[0] ?? sound;
}

function classesOn(objects: readonly number[], own: readonly number[]): number[] {
  return [...new Set(objects.map((index) => own[index]))].filter((index) => index >= 0);
}

/** The classes that a set tells apart: its categories, and no fracture where radiographs show nothing. */
export function classesOf({ classes, images }: Pick<TrainingSet, "classes" | "images">): string[] {
  const isBare = images.some(({ target }) => target.classes.length === 0);
  return isBare && !classes.includes(NO_FRACTURE) ? [...classes, NO_FRACTURE] : [...classes];
}

/**
 * How many radiographs are of each class.
 *
 * @throws TrainingError `data` for radiographs of two classes or of none, and for a class of which there
 *   is no radiograph.
 */
export function countClasses(set: TrainingSet, classes: readonly string[]): number[] {
  const own = set.classes.map((name) => classes.indexOf(name));
  const sound = classes.indexOf(NO_FRACTURE);
  const counts = classes.map(() => 0);
  for (const { fileName, target } of set.images) {
    const [first = sound, second] = classesOn(target.classes, own);
    requireOne(fileName, first, second, classes);
    counts[first]++;
  }
  const absent = counts.indexOf(0);
  if (absent >= 0) {
    throw new TrainingError(
      "data",
      `a classification of ${classes.join(", ")}: expected radiographs of each, got none of ` +
        `${classes[absent]}; annotate some, or name the classes that there are in the recipe's model.classes`,
    );
  }
  return counts;
}

function requireOne(
  fileName: TrainingImage["fileName"],
  first: number,
  second: number | undefined,
  classes: readonly string[],
): void {
  if (first >= 0 && second === undefined) return;
  const got =
    second === undefined ? "none of them" : `${classes[first]} and ${classes[second]} at once`;
  throw new TrainingError(
    "data",
    `${fileName}: expected one class of ${classes.join(", ")}, got ${got}; leave the radiograph out, or ` +
      "annotate it as one of them",
  );
}
