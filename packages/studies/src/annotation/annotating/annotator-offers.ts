/**
 * The proposals that an annotator sees in the reading room, by the protocol's time for them: at once, on a
 * radiograph where a shape of the annotator's own is drawn, or never. Whether they may be seen at all is
 * `proposal-visibility.ts`'s to say.
 */
import { type AnnotationContent, offerKey, type ProposalTime } from "@malleolus/schema";
import type { Study } from "../../study.ts";
import {
  mayBeOffered,
  proposalsVisibleTo,
  type SeenShape,
} from "../proposals/proposal-visibility.ts";
import type { AnnotatorTask } from "./annotator-tasks.ts";

export interface StoredOffer extends SeenShape {
  readonly key: string;
  readonly image: string;
}

export interface AnnotatorOffers {
  /** When proposals of this case are shown to this annotator. */
  readonly shown: ProposalTime;
  readonly offers: readonly StoredOffer[];
}

/** `content` by the study's names of radiographs; null before anything is drawn. */
export async function annotatorOffers(
  study: Study,
  { caseId, person }: AnnotatorTask,
  images: readonly string[],
  content: AnnotationContent | null,
): Promise<AnnotatorOffers> {
  const time = study.protocol.annotation.proposals;
  if (time === "never" || !(await mayBeOffered(study.database, caseId, person))) {
    return { shown: "never", offers: [] };
  }
  const offers: StoredOffer[] = [];
  for (const image of images) {
    if (!isShownOn(time, image, content)) continue;
    const seen = await proposalsVisibleTo(study, { image, viewer: person });
    for (const shape of seen?.shapes ?? []) {
      offers.push({ ...shape, key: offerKey(shape.prelabel, shape.structure), image });
    }
  }
  return { shown: time, offers };
}

/** Whether an annotator who has drawn this has seen the proposals of a radiograph. */
export function isShownOn(
  time: ProposalTime,
  image: string,
  content: AnnotationContent | null,
): boolean {
  if (time !== "after the first shape") return time === "at once";
  // What was decided was seen; a shape of one's own stays one's own when it is deleted later.
  return (content?.shapes ?? []).some((shape) => shape.image === image);
}
