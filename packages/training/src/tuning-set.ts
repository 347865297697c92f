/**
 * Radiographs to look at during training and never to train on: held out of the training set by a
 * hash, or a set of their own.
 *
 * What is as good as the same must not stand on both sides: one file under two names, near-duplicates,
 * and the radiographs of a patient. Such images share keys, some by way of others; what hangs together
 * by keys is a group, and a group is held out whole.
 */
import { createHash } from "node:crypto";
import { connected } from "@malleolus/data";
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
  const groups = connected(set.images, ({ keys }) => keys).map((images) => ({
    name: groupName(images),
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
  const trained = new Set(set.images);
  const shared = connected([...set.images, ...tuning.images], ({ keys }) => keys).filter(
    (images) =>
      images.some((image) => trained.has(image)) && !images.every((image) => trained.has(image)),
  );
  if (shared.length === 0) return;
  const bad = shared.flat().filter((image) => !trained.has(image));
  throw new TrainingError(
    "data",
    `${where}: expected radiographs and patients that are not trained on, got ${bad.length} of ` +
      `${tuning.images.length} that are (${describeShared(bad[0], shared[0], trained)}); take them out ` +
      "of one of the two",
  );
}

/** What ties an image to one that is trained on: a key of both, else of others between them. */
function describeShared(
  image: TrainingImage,
  group: readonly TrainingImage[],
  trained: ReadonlySet<TrainingImage>,
): string {
  const ofTrained = group.filter((one) => trained.has(one));
  const key = image.keys.find((own) => ofTrained.some(({ keys }) => keys.includes(own)));
  if (key === undefined) return `${image.fileName} by way of others of its group or patient`;
  const [kind, ...name] = key.split(" ");
  switch (kind) {
    case "file":
      return `${image.fileName} is trained on`;
    case "bytes":
      return `${image.fileName} has a file that is equal byte by byte`;
    case "DICOM":
      return `${image.fileName} shares the patient that its DICOM file names`;
    default:
      return `${image.fileName} shares its ${kind} ${name.join(" ")}`;
  }
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

/** Of a group its own, of a patient's images the patient's; else the first file's. */
function groupName(images: readonly TrainingImage[]): string {
  const keys = images.flatMap((image) => image.keys);
  for (const kind of ["group ", "patient ", "case "]) {
    const [first] = keys.filter((key) => key.startsWith(kind)).toSorted();
    if (first !== undefined) return first;
  }
  const [first] = images.map(({ fileName }) => fileName).toSorted();
  return `file ${first}`;
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
