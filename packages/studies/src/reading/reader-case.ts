/**
 * A case as its reader sees it. No pseudonym, hospital, date, report or other reading is in it, and its
 * radiographs have keys that hold for this task alone.
 */
import { createHmac } from "node:crypto";
import type {
  CaseDetail,
  CaseImage,
  ImageRecord,
  ModelFinding,
  ReadingContent,
} from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import { imagePath } from "../image-store.ts";
import { shownFindings } from "../rounds/shown-findings.ts";
import type { Study } from "../study.ts";
import { caseLabel } from "../tasks/case-code.ts";
import { placeOf, type ReaderTask } from "../tasks/reader-tasks.ts";
import { imageRecordsOf } from "../tasks/worklist.ts";
import { draftOf, ownReadingOf } from "./reader-reading.ts";

const KEY_LENGTH = 32;

export interface ReaderImage {
  readonly key: string;
  readonly sha256: string;
  /** Where its file lies. */
  readonly path: string;
  readonly facts: ImageRecord;
}

/** In the order of hanging. `secret` keeps anybody from telling keys of one radiograph. */
export async function readerImages(
  study: Study,
  secret: string,
  task: Pick<ReaderTask, "caseId" | "person" | "code">,
): Promise<ReaderImage[]> {
  const images = (await imageRecordsOf(study, [task.caseId])).get(task.caseId) ?? [];
  return images.map(({ image, facts }) => {
    const key = createHmac("sha256", secret)
      .update(`${task.person}\0${task.code}\0${image}`)
      .digest("hex")
      .slice(0, KEY_LENGTH);
    return { key, sha256: image, path: imagePath(study.images, image, facts.format), facts };
  });
}

export async function readerCase(
  study: Study,
  secret: string,
  task: ReaderTask,
): Promise<CaseDetail> {
  const images = await readerImages(study, secret, task);
  const draft = await draftOf(study, task);
  const submitted = await ownReadingOf(study, task);
  const shown = (content: ReadingContent) => renamed(content, images, "sha256", "key");
  const views = images.map(({ facts }) => facts.view);
  return {
    code: task.code,
    label: caseLabel(task.code),
    queue: task.key,
    ...(await placeOf(study, task)),
    images: images.map(shownImage),
    missing: study.protocol.views.filter((view) => !views.includes(view)),
    findings: task.withModel ? await findingsOf(study, images) : null,
    state: task.done ? "submitted" : draft === null ? "new" : "draft",
    draft: draft === null || task.done ? null : { ...draft, content: shown(draft.content) },
    submitted: submitted === null ? null : { ...submitted, content: shown(submitted.content) },
  };
}

/**
 * What came from the reader, with the study's names of radiographs.
 *
 * @throws StudyError `record`.
 */
export async function storedContent(
  study: Study,
  secret: string,
  task: ReaderTask,
  content: ReadingContent,
): Promise<ReadingContent> {
  const { visibility, measurements } = content;
  // Most drafts name none, and are saved often.
  if (visibility === undefined && measurements === undefined) return content;
  return renamed(content, await readerImages(study, secret, task), "key", "sha256");
}

async function findingsOf(study: Study, images: readonly ReaderImage[]): Promise<ModelFinding[]> {
  const keys = new Map(images.map(({ key, sha256 }) => [sha256, key]));
  const found = await shownFindings(study, [...keys.keys()]);
  return found.map((one) => ({ ...one, image: keys.get(one.image) ?? "" }));
}

export function shownImage({ key, facts }: ReaderImage): CaseImage {
  const { view, side, width, height, pixelSpacingMm, spacingSource } = facts;
  return { id: key, view, side, width, height, pixelSpacingMm, spacingSource };
}

function renamed(
  content: ReadingContent,
  images: readonly ReaderImage[],
  from: "key" | "sha256",
  to: "key" | "sha256",
): ReadingContent {
  const names = new Map(images.map((image) => [image[from], image[to]]));
  const rename = (name: string) => {
    const found = names.get(name);
    if (found !== undefined) return found;
    throw new StudyError("record", "A radiograph is named that is not this case's. Open it again.");
  };
  const { visibility, measurements } = content;
  return {
    ...content,
    ...(visibility === undefined
      ? {}
      : {
          visibility: Object.fromEntries(
            Object.entries(visibility).map(([image, seen]) => [rename(image), seen]),
          ),
        }),
    ...(measurements === undefined
      ? {}
      : { measurements: measurements.map((one) => ({ ...one, image: rename(one.image) })) }),
  };
}
