/**
 * A case as its annotator sees it. No pseudonym, hospital, date, report, class or other drawing is in it, and
 * its radiographs have keys that hold for this task alone.
 */
import { type AnnotatingCase, FRACTURE } from "@malleolus/schema";
import { readerImages, shownImage } from "../../reading/reader-case.ts";
import type { Study } from "../../study.ts";
import { caseLabel } from "../../tasks/case-code.ts";
import { findImage } from "../find-image.ts";
import { annotationDraftOf, isDecided } from "./annotator-draft.ts";
import { annotatorOffers } from "./annotator-offers.ts";
import { type AnnotatorTask, annotatorPlaceOf } from "./annotator-tasks.ts";
import { threadsOf } from "./comment-threads.ts";
import { shownAnnotation } from "./image-names.ts";
import { openReturnOf } from "./returned-cases.ts";

/** `viewer` is who looks: the annotator, or a senior. */
export async function annotatorCase(
  study: Study,
  secret: string,
  task: AnnotatorTask,
  viewer: string = task.person,
): Promise<AnnotatingCase> {
  const { protocol } = study;
  const images = await readerImages(study, secret, task);
  const draft = await annotationDraftOf(study, task);
  const [first] = images;
  const held = first === undefined ? null : (await findImage(study.database, first.sha256)).class;
  const hasFracture = held !== protocol.noFractureClass;
  const views = images.map(({ facts }) => facts.view);
  const { shown, offers } = await annotatorOffers(
    study,
    task,
    images.map(({ sha256 }) => sha256),
    draft?.content ?? null,
  );
  const keyOf = new Map(images.map(({ sha256, key }) => [sha256, key]));
  return {
    code: task.code,
    label: caseLabel(task.code),
    ...(await annotatorPlaceOf(study, task)),
    images: images.map(shownImage),
    missing: protocol.views.filter((view) => !views.includes(view)),
    state: task.done ? "submitted" : draft === null ? "new" : "draft",
    hasFracture,
    structures: drawnStructures(study, hasFracture),
    fractureLineMm: protocol.zonesMm.fractureLine,
    proposals: {
      shown,
      offers: offers.map(({ key, image, structure, polygons, line, score }) => ({
        key,
        image: keyOf.get(image) ?? "",
        structure,
        polygons,
        line,
        score,
      })),
    },
    draft:
      draft === null
        ? null
        : {
            version: draft.version,
            savedAt: draft.savedAt,
            content: shownAnnotation(draft.content, images),
          },
    submitted: task.done
      ? {
          at: draft?.submittedAt ?? draft?.savedAt ?? "",
          revisable: !(await isDecided(study, task)),
        }
      : null,
    returned: await openReturnOf(study, task),
    threads: await threadsOf(study, task, images, viewer),
  };
}

/** The bones first, since they are on every radiograph. */
function drawnStructures({ protocol }: Study, hasFracture: boolean) {
  const { noFractureClass, classes } = protocol;
  const sound = classes.find(({ id }) => id === noFractureClass);
  const instance = hasFracture
    ? { id: FRACTURE, name: "Fracture" }
    : { id: noFractureClass, name: sound?.name ?? noFractureClass };
  return [...protocol.structures, instance];
}
