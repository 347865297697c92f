/**
 * Sets of a study, as `malleolus export` writes them, as patients and as labelled radiographs, for `frozen-heads-measured.ts`,
 * `box-places-measured.ts` and `other-machines.ts`. Not started by hand.
 */
import { readFileSync } from "node:fs";
import {
  decidePatient,
  fitWeights,
  type LabeledImage,
  runsOfOutlines,
  type TestPatient,
  type TuningPatient,
  trueObject,
} from "@malleolus/evaluation";
import { boxArea } from "@malleolus/geometry";
import {
  type Finding,
  type PatientAnswer,
  type PatientDecision,
  readJson,
  viewSchema,
} from "@malleolus/schema";
import { readTrainingSet, type TrainingImage } from "@malleolus/training";
import { z } from "zod";

/** What a study's export says of an image beside COCO's. */
const describedSchema = z.object({
  images: z.array(
    z.object({
      id: z.number(),
      patient: z.string(),
      class: z.string(),
      view: viewSchema.nullable(),
      annotated: z.boolean(),
    }),
  ),
});
type Described = z.infer<typeof describedSchema>["images"][number];

export interface StudySet {
  readonly classes: readonly string[];
  readonly images: readonly TrainingImage[];
  aboutOf(image: TrainingImage): Described;
}

export async function readStudySet(path: string, folder: string): Promise<StudySet> {
  const { images, classes } = await readTrainingSet(path, folder);
  const described = readJson(describedSchema, readFileSync(path, "utf8"), path);
  const aboutOf = new Map(described.images.map((one) => [one.id, one]));
  return {
    classes,
    images,
    aboutOf({ id, fileName }) {
      const about = aboutOf.get(id);
      if (about !== undefined) return about;
      throw new Error(`internal: ${path} does not describe ${fileName}`);
    },
  };
}

/** Patients by their first radiograph; `said` is what is found on one of them. */
export function patientsOf<
  Seen extends { readonly image: TrainingImage },
  Said extends Pick<TestPatient["images"][number], "findings">,
>(seen: readonly Seen[], { classes, aboutOf }: StudySet, said: (one: Seen) => Said) {
  const all = seen.map((one) => ({ one, about: aboutOf(one.image) }));
  return [...Map.groupBy(all, ({ about }) => about.patient)].map(([id, own]) => ({
    id,
    class: own[0].about.class,
    ambiguous: null,
    images: own.map(({ one, about }) => ({
      id: one.image.fileName,
      view: about.view,
      width: one.image.width,
      height: one.image.height,
      truths: about.annotated
        ? one.image.objects.map(({ class: index, box, polygons }) => ({
            class: classes[index],
            box,
            polygons,
          }))
        : null,
      ...said(one),
    })),
  }));
}

export function labeledOf(
  { objects, width, height }: TrainingImage,
  found: readonly Finding[],
  classes: readonly string[],
): LabeledImage {
  return {
    truths: objects.map((object) =>
      trueObject({ ...object, class: classes[object.class] }, { width, height }),
    ),
    detections: found.map(({ class: name, score, box, polygons }) => ({
      class: name,
      score,
      box,
      boxArea: boxArea(box),
      mask: runsOfOutlines(polygons, width, height),
    })),
  };
}

/** Every tuning patient by a decision that was fitted on the others, at the penalty of all. */
export function eachLeftOut(
  patients: readonly TuningPatient[],
  wanted: Parameters<typeof fitWeights>[1],
  decision: PatientDecision,
): PatientAnswer[] {
  return patients.map(({ images }, left) => {
    const others = patients.filter((_, i) => i !== left);
    const own = fitWeights(others, wanted, decision.fittedOn.penalty);
    return decidePatient({ ...decision, ...own }, images);
  });
}
