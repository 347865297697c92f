/** Radiographs with findings and truth, chosen by rules that the report states. */
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import type {
  Evaluation,
  GalleryItem,
  GalleryPart,
  TestImage,
  TestPatient,
} from "@malleolus/evaluation";
import type { Study } from "@malleolus/studies";
import sharp from "sharp";
import { renderOverlay } from "../overlay.ts";
import { shownFindings } from "../shown-findings.ts";

/** Mistakes that are shown. */
const WORST = 4;

export async function galleryOf(
  study: Study,
  test: string,
  patients: readonly TestPatient[],
  evaluation: Evaluation,
): Promise<GalleryPart[]> {
  const classes = study.protocol.classes.map(({ id }) => id);
  const first = classes.flatMap((name) => patients.find((one) => one.class === name) ?? []);
  const worst = evaluation.outcomes
    .filter(({ truth, prediction }) => truth !== prediction.class)
    .map((outcome) => ({ outcome, margin: marginOf(outcome) }))
    .toSorted((a, b) => b.margin - a.margin)
    .slice(0, WORST)
    .flatMap(({ outcome }) => patients.find(({ id }) => id === outcome.patient) ?? []);
  const draw = (chosen: readonly TestPatient[]) =>
    Promise.all(chosen.map((patient) => galleryItem(study, patient, evaluation)));
  const parts: GalleryPart[] = [
    {
      title: `${test}: one of each class`,
      chosen:
        "The first patient of each class in the order of the draw, whatever was found; of the " +
        "views, the one with the highest score.",
      items: await draw(first),
    },
    {
      title: `${test}: the worst mistakes`,
      chosen: "The wrongly classified patients whose wrong class lies furthest above the true one.",
      items: await draw(worst),
    },
  ];
  return parts.filter(({ items }) => items.length > 0);
}

type Outcome = Evaluation["outcomes"][number];

/** By how much the wrong class won. */
function marginOf({ truth, prediction }: Outcome): number {
  return (prediction.scores[prediction.class] ?? 0) - (prediction.scores[truth] ?? 0);
}

async function galleryItem(
  study: Study,
  patient: TestPatient,
  evaluation: Evaluation,
): Promise<GalleryItem> {
  const outcome = evaluation.outcomes.find((one) => one.patient === patient.id);
  if (outcome === undefined) throw new Error(`internal: ${patient.id} was not evaluated`);
  const image = surestView(patient);
  const radiograph = await readRadiograph(join(study.images, image.id));
  const classes = study.protocol.classes.map(({ id }) => id);
  const truths = (image.truths ?? []).map(({ polygons }) => polygons);
  const png = await renderOverlay(radiograph, shownFindings(image.findings), classes, truths);
  const { width, height } = await sharp(png).metadata();
  const fracture = evaluation.fractures.find((one) => one.image === image.id);
  return {
    png,
    width,
    height,
    caption: `${image.view ?? "unknown view"}, patient ${patient.id.slice(-6)}; dashed: what the annotators drew`,
    truth: outcome.truth,
    prediction: outcome.prediction.class,
    scores: outcome.prediction.scores,
    boxIou: fracture?.found?.boxIou ?? null,
  };
}

function surestView({ images }: TestPatient): TestImage {
  const best = ({ findings }: TestImage) => Math.max(0, ...findings.map(({ score }) => score));
  return images.toSorted((a, b) => best(b) - best(a))[0];
}
