/** Patients with their radiographs and truth, from a COCO data set. */
import {
  type CocoAnnotation,
  type CocoDataset,
  type CocoImage,
  originOfImage,
} from "@malleolus/data";
import type { TruthObject } from "@malleolus/evaluation";
import { type View, viewSchema } from "@malleolus/schema";
import { CliError } from "../errors.ts";

export interface PatientRadiographs {
  readonly id: string;
  readonly class: string;
  /** Whether the readers disagreed at first; null where that is unknown. */
  readonly ambiguous: boolean | null;
  readonly images: readonly KnownRadiograph[];
}

export interface KnownRadiograph {
  /** Relative to the images' folder. */
  readonly fileName: string;
  readonly view: View | null;
  readonly width: number;
  readonly height: number;
  /** Null where nobody has annotated it. */
  readonly truths: readonly TruthObject[] | null;
}

/**
 * The patients whom the images name in `patient`, in the file's order. A patient's class is what an
 * image says in `class`, as a study's export does, else the category of an annotation.
 *
 * @throws CliError `patients` where an image has no patient, and for a patient without a class or
 *   with two; `where` begins the message.
 */
export function patientsOf(dataset: CocoDataset, where: string): PatientRadiographs[] {
  const nameless = dataset.images.filter((image) => originOfImage(image).patient === null);
  if (nameless.length > 0) {
    throw new CliError(
      "patients",
      `${where}: expected every image to name its patient, got ${nameless.length} of ` +
        `${dataset.images.length} that do not (${nameless[0].fileName}); give each a "patient"`,
    );
  }
  const byPatient = Map.groupBy(dataset.images, (image) => originOfImage(image).patient ?? "");
  return [...byPatient].map(([id, images]) => ({
    id,
    class: classOf(id, images, dataset, where),
    ambiguous: null,
    images: images.map((image) => knownRadiograph(image, dataset)),
  }));
}

function knownRadiograph(image: CocoImage, dataset: CocoDataset): KnownRadiograph {
  const { id, fileName, width, height, extra } = image;
  const objects = dataset.annotationsByImage.get(id) ?? [];
  const view = viewSchema.safeParse(extra.view);
  return {
    fileName,
    view: view.success ? view.data : null,
    width,
    height,
    truths: extra.annotated === false ? null : objects.map((one) => truthObject(one, dataset)),
  };
}

function classOf(
  patient: string,
  images: readonly CocoImage[],
  dataset: CocoDataset,
  where: string,
): string {
  const said = images.flatMap(({ id, extra }) =>
    typeof extra.class === "string"
      ? [extra.class]
      : (dataset.annotationsByImage.get(id) ?? []).map((one) => categoryName(one, dataset)),
  );
  const classes = new Set(said);
  const [first] = classes;
  if (classes.size === 1 && first !== undefined) return first;
  throw new CliError(
    "patients",
    `${where}: patient ${patient}: expected one class, got ` +
      `${classes.size === 0 ? "none" : [...classes].join(" and ")}; give its images a "class"`,
  );
}

function truthObject(annotation: CocoAnnotation, dataset: CocoDataset): TruthObject {
  const { box, polygons } = annotation;
  return { class: categoryName(annotation, dataset), box, polygons };
}

function categoryName({ categoryId }: CocoAnnotation, { categories }: CocoDataset): string {
  return categories.find(({ id }) => id === categoryId)?.name ?? "";
}
