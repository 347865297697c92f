/**
 * Radiographs to look at during training and never to train on: held out of the training set by a
 * hash, or a set of their own.
 *
 * What is as good as the same must not stand on both sides: near-duplicates, and the radiographs of a
 * patient. They share a group, and a group is held out whole.
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { hasObjects, type TrainingImage, type TrainingSet } from "./data-set.ts";
import { TrainingError } from "./errors.ts";

export interface HeldOut {
  /** What is left to train on. */
  readonly set: TrainingSet;
  readonly tuning: TrainingSet;
}

/**
 * Holds out about a share of the radiographs, of those in groups with objects and of the others alike.
 * Which ones is a function of the seed and of the groups' names, whatever order they come in.
 *
 * @throws TrainingError `data` where one of the two sides would have no object.
 */
export function holdOut(set: TrainingSet, share: number, seed: number): HeldOut {
  const groups = [...Map.groupBy(set.images, groupName)].map(([name, images]) => ({
    name,
    images,
  }));
  const [positive, negative] = [true, false].map((wanted) =>
    firstShare(
      groups.filter(({ images }) => images.some(hasObjects) === wanted),
      share,
      seed,
    ),
  );
  const held = new Set([...positive, ...negative]);
  const part = (isHeld: boolean) => set.images.filter((image) => held.has(image) === isHeld);
  const [tuning, left] = [part(true), part(false)];
  if (!tuning.some(hasObjects) || !left.some(hasObjects)) {
    const objects = set.images.filter(hasObjects).length;
    throw new TrainingError(
      "data",
      `a tuning share of ${share}: expected radiographs with objects to train on and others to tune ` +
        `with, got ${objects} in ${groups.length} groups; give another share, or a tuning set of its own`,
    );
  }
  return { set: { ...set, images: left }, tuning: { ...set, images: tuning } };
}

/**
 * Checks that a tuning set of its own has the training set's classes and shares nothing with it.
 *
 * @throws TrainingError `data` where it does not.
 */
export function checkTuningSet(tuning: TrainingSet, set: TrainingSet, where: string): void {
  if (tuning.classes.join("\n") !== set.classes.join("\n")) {
    throw new TrainingError(
      "data",
      `${where}: expected the categories that are trained on (${set.classes.join(", ")}), got ` +
        `${tuning.classes.join(", ")}; give a tuning set with the same categories`,
    );
  }
  const paths = new Set(set.images.map(({ path }) => resolve(path)));
  const groups = new Set(set.images.flatMap(({ group }) => group ?? []));
  const shared = tuning.images.filter(
    ({ path, group }) => paths.has(resolve(path)) || (group !== null && groups.has(group)),
  );
  const [first] = shared;
  if (first === undefined) return;
  const same = paths.has(resolve(first.path)) ? "is trained on" : `shares its ${first.group}`;
  throw new TrainingError(
    "data",
    `${where}: expected radiographs that are not trained on, got ${shared.length} that are, or whose ` +
      `group is (${first.fileName} ${same}); take them out of one of the two`,
  );
}

/** What tells one choice of radiographs from another: SHA-256 of their names, in hexadecimal. */
export function imagesSha256({ images }: TrainingSet): string {
  const names = images.map(({ fileName }) => `${fileName}\n`).join("");
  return createHash("sha256").update(names).digest("hex");
}

interface Group {
  readonly name: string;
  readonly images: readonly TrainingImage[];
}

function groupName({ group, fileName }: TrainingImage): string {
  return group ?? `file ${fileName}`;
}

/** Groups in the order of their hashes until the share is reached. */
function firstShare(groups: readonly Group[], share: number, seed: number): TrainingImage[] {
  const wanted = share * groups.reduce((sum, { images }) => sum + images.length, 0);
  const ordered = groups
    .map((group) => ({ ...group, key: hashOf(seed, group.name) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const taken: TrainingImage[] = [];
  for (const { images } of ordered) {
    // A group that would miss the share by more than it does now is not for this side.
    if (taken.length + images.length / 2 <= wanted) taken.push(...images);
  }
  return taken;
}

function hashOf(seed: number, name: string): string {
  return createHash("sha256").update(`${seed}\0${name}`).digest("hex");
}
