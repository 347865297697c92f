/**
 * The same figures for subgroups of radiographs, by fields of the COCO file's images and by the size of
 * objects: where does a detector fail? They are looked at side by side, so that some differ by chance.
 */
import {
  AREA_RANGES,
  averagePrecision50,
  type BootstrapOptions,
  type ClusterCount,
  classSweeps,
  clusteredProportionOf,
  type LabeledImage,
  type Shape,
} from "@malleolus/evaluation";
import type { Subgroup } from "@malleolus/schema";
import { CliError } from "../errors.ts";

/** A radiograph with its truths, its findings, and the file's own fields. */
export interface DescribedImage {
  readonly group: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly labeled: LabeledImage;
  /** Its objects, crowds left out, and whether each is found at the operating score. */
  readonly objects: readonly { readonly area: number; readonly isFound: boolean }[];
}

const SIZE = "size of the object";
const SIZES = ["small", "medium", "large"] as const;
/** More values than these tell images apart, not kinds of them. */
const MOST_VALUES = 12;

/**
 * By each of `wanted`; where that is null, by every field with a few values of which at least two have
 * objects. By size always.
 *
 * @throws CliError `evaluation` for a wanted field that the file has not.
 */
export function subgroupsOf(
  images: readonly DescribedImage[],
  classes: readonly string[],
  wanted: readonly string[] | null,
  options: BootstrapOptions,
): Subgroup[] {
  const fields = wanted ?? tellingFields(images);
  const known = [...new Set(images.flatMap((image) => Object.keys(image.fields)))];
  for (const field of fields) {
    if (known.includes(field)) continue;
    const names = known.length === 0 ? "no such field at all" : known.join(", ");
    throw new CliError(
      "evaluation",
      `--by ${field}: expected a field of the COCO file's images, got none of that name; there is ${names}`,
    );
  }
  const byField = fields.flatMap((field) =>
    valuesOf(images, field).map((value) => {
      const some = images.filter((image) => image.fields[field] === value);
      return subgroup(field, value, some, some, classes, "best100", options);
    }),
  );
  const bySize = SIZES.map((size) => {
    const [least, most] = AREA_RANGES[size];
    const some = images.map((image) => ({
      ...image,
      objects: image.objects.filter(({ area }) => area >= least && area <= most),
    }));
    const holding = some.filter(({ objects }) => objects.length > 0);
    return subgroup(SIZE, size, some, holding, classes, size, options);
  });
  return [...byField, ...bySize];
}

function tellingFields(images: readonly DescribedImage[]): string[] {
  const fields = [...new Set(images.flatMap((image) => Object.keys(image.fields)))];
  return fields.filter((field) => {
    const values = valuesOf(images, field);
    const withObjects = values.filter((value) =>
      images.some(({ fields: own, objects }) => own[field] === value && objects.length > 0),
    );
    return field !== "group" && values.length <= MOST_VALUES && withObjects.length >= 2;
  });
}

function valuesOf(images: readonly DescribedImage[], field: string): string[] {
  return [...new Set(images.flatMap(({ fields }) => fields[field] ?? []))].toSorted();
}

function subgroup(
  field: string,
  value: string,
  images: readonly DescribedImage[],
  counted: readonly DescribedImage[],
  classes: readonly string[],
  curve: "best100" | (typeof SIZES)[number],
  options: BootstrapOptions,
): Subgroup {
  const labeled = images.map((image) => image.labeled);
  const groups = images.map(({ group }) => group);
  const ap50 = (shape: Shape) =>
    averagePrecision50(
      classSweeps(labeled, classes, shape).map((sweeps) => sweeps[curve]),
      groups,
      options,
    );
  return {
    field,
    value,
    images: counted.length,
    objects: images.reduce((sum, { objects }) => sum + objects.length, 0),
    found: clusteredProportionOf(foundByGroup(images)),
    boxAp50: ap50("box"),
    maskAp50: ap50("mask"),
  };
}

function foundByGroup(images: readonly DescribedImage[]): ClusterCount[] {
  return [...Map.groupBy(images, ({ group }) => group).values()].map((own) => {
    const objects = own.flatMap((image) => image.objects);
    return { count: objects.filter(({ isFound }) => isFound).length, total: objects.length };
  });
}
