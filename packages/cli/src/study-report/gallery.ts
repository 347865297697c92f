/**
 * Radiographs with what was found and what is true. Right and wrong patients each stand in the order in
 * which readers agreed on them, and are taken from it at even distances: nobody chose them.
 */
import { join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import type {
  GalleryItem,
  GalleryPart,
  ReportedTest,
  TestImage,
  TestPatient,
} from "@malleolus/evaluation";
import type { Study } from "@malleolus/studies";
import sharp from "sharp";
import { renderOverlay } from "../overlay.ts";
import { shownFindings as bestFindings } from "../shown-findings.ts";
import { shownOn } from "./report-cases.ts";

/** Of each kind and test. */
const SHOWN = 8;
/** Pixels of a picture's longer side: two screen pixels for each of a page's. */
const LONGEST = 640;

export async function galleryOf(
  study: Study,
  test: ReportedTest,
  patients: readonly TestPatient[],
): Promise<GalleryPart[]> {
  const { outcomes } = test.evaluation;
  const byAgreement = outcomes
    .map((outcome, place) => ({ outcome, place, share: rightShare(test, outcome.patient) }))
    .toSorted((a, b) => b.share - a.share || a.place - b.place)
    .map(({ outcome }) => outcome);
  const right = byAgreement.filter(({ truth, prediction }) => truth === prediction.class);
  const wrong = byAgreement.filter(({ truth, prediction }) => truth !== prediction.class);
  const draw = (chosen: readonly Outcome[]) =>
    Promise.all(
      chosen.flatMap(({ patient }) => {
        const found = patients.find(({ id }) => id === patient);
        return found === undefined ? [] : [galleryItem(study, found, test)];
      }),
    );
  const rule =
    "by falling share of first readings that named the true class, then in the draw's order; of the " +
    "views, the one with the highest score. Dashed: what the annotators drew.";
  const parts: GalleryPart[] = [
    {
      test: test.id,
      title: `${test.name}: right`,
      chosen: `${chosenWords(right.length)} put into the right class, ${rule}`,
      items: await draw(evenly(right, SHOWN)),
    },
    {
      test: test.id,
      title: `${test.name}: wrong`,
      chosen: `${chosenWords(wrong.length)} put into a wrong class, ${rule}`,
      items: await draw(evenly(wrong, SHOWN)),
    },
  ];
  return parts.filter(({ items }) => items.length > 0);
}

type Outcome = ReportedTest["evaluation"]["outcomes"][number];

function chosenWords(count: number): string {
  return count <= SHOWN ? `All ${count} patients` : `${SHOWN} of ${count} patients, evenly spaced,`;
}

/** The first, the last, and others at even distances between them. */
export function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from(
    { length: most },
    (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))],
  );
}

/** Who was read by nobody comes last. */
function rightShare({ people }: ReportedTest, patient: string): number {
  const known = new Map(Object.entries(people?.agreement ?? {})).get(patient);
  return known === undefined ? -1 : known.agreeing / known.readings;
}

async function galleryItem(
  study: Study,
  patient: TestPatient,
  { evaluation, people }: ReportedTest,
): Promise<GalleryItem> {
  const outcome = evaluation.outcomes.find((one) => one.patient === patient.id);
  if (outcome === undefined) throw new Error(`internal: ${patient.id} was not evaluated`);
  const image = surestView(patient);
  const radiograph = await readRadiograph(join(study.images, image.id));
  const classes = study.protocol.classes.map(({ id }) => id);
  const truths = (image.truths ?? []).map(({ polygons }) => polygons);
  const { decision } = evaluation.settings;
  const findings = picturedFindings(image, patient, outcome, decision);
  const fracture = evaluation.fractures.find((one) => one.image === image.id);
  return {
    ...(await overlayPicture(await renderOverlay(radiograph, findings, classes, truths))),
    patient: patient.id,
    caption: pictureCaption(image.view, patient.id),
    truth: outcome.truth,
    prediction: outcome.prediction.class,
    scores: outcome.prediction.scores,
    boxIou: fracture?.found?.boxIou ?? null,
    agreement: new Map(Object.entries(people?.agreement ?? {})).get(patient.id) ?? null,
  };
}

/** An overlay as a page shows it. */
export async function overlayPicture(overlay: Buffer) {
  const { data, info } = await sharp(overlay)
    .resize({ width: LONGEST, height: LONGEST, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 80 })
    .toBuffer({ resolveWithObject: true });
  const pictureType = "image/webp" as const;
  return { picture: data, pictureType, width: info.width, height: info.height };
}

export function pictureCaption(view: TestImage["view"], patient: string): string {
  return `${viewWords(view)}, patient ${patient.slice(-6)}`;
}

/** Of the view that is pictured, the best few of what is shown. */
function picturedFindings(
  image: TestImage,
  patient: TestPatient,
  outcome: Outcome,
  decision: Decision,
) {
  return bestFindings(shownOn(patient, outcome, decision)[patient.images.indexOf(image)]);
}

type Decision = ReportedTest["evaluation"]["settings"]["decision"];

function viewWords(view: TestImage["view"]): string {
  if (view === null) return "unknown view";
  return view === "ap" || view === "pa" ? view.toUpperCase() : view;
}

function surestView({ images }: TestPatient): TestImage {
  const best = ({ findings }: TestImage) => Math.max(0, ...findings.map(({ score }) => score));
  return images.toSorted((a, b) => best(b) - best(a))[0];
}
