/**
 * Comments at places of a radiograph, between one annotator and the seniors. Another annotator of the same
 * case never sees them. Nothing is taken back: what is resolved stays.
 *
 * A thread's number is its place among those of its drawing. The number by which the study knows it would tell how
 * many others were opened.
 */
import type { Thread } from "@malleolus/schema";
import { StudyError } from "../../errors.ts";
import type { ReaderImage } from "../../reading/reader-case.ts";
import type { Study } from "../../study.ts";
import type { AnnotatorTask } from "./annotator-tasks.ts";

/** Of one annotator's drawing of a case, the oldest first, as `viewer` sees them. */
export async function threadsOf(
  { database }: Study,
  { caseId, person }: AnnotatorTask,
  images: readonly ReaderImage[],
  viewer: string,
): Promise<Thread[]> {
  const threads = await database
    .selectFrom("comment_threads")
    .selectAll()
    .where("case_id", "=", caseId)
    .where("annotator", "=", person)
    .orderBy("id")
    .execute();
  if (threads.length === 0) return [];
  const ids = threads.map(({ id }) => id);
  const comments = await database
    .selectFrom("comments")
    .selectAll()
    .where("thread_id", "in", ids)
    .orderBy("id")
    .execute();
  const keyOf = new Map(images.map(({ sha256, key }) => [sha256, key]));
  return threads.flatMap(({ id, image_sha256, x, y }, index) => {
    const image = keyOf.get(image_sha256);
    const own = comments.filter(({ thread_id }) => thread_id === id);
    const last = own.at(-1);
    if (image === undefined || last === undefined) return [];
    return [
      {
        id: index + 1,
        image,
        x,
        y,
        comments: own.flatMap(({ who, text, at }) =>
          text === null
            ? []
            : [
                {
                  author: who === person ? ("annotator" as const) : ("senior" as const),
                  isOwn: who === viewer,
                  text,
                  at,
                },
              ],
        ),
        resolvedAt: last.resolves === 1 ? last.at : null,
      },
    ];
  });
}

/** Opens a thread at a place; called within a transaction. */
export async function openThread(
  { database }: Study,
  { caseId, person }: AnnotatorTask,
  given: {
    readonly image: string;
    readonly x: number;
    readonly y: number;
    readonly text: string;
    readonly who: string;
  },
): Promise<void> {
  const { image, x, y, text, who } = given;
  const { id } = await database
    .insertInto("comment_threads")
    .values({ annotator: person, case_id: caseId, image_sha256: image, x, y })
    .returning("id")
    .executeTakeFirstOrThrow();
  await database
    .insertInto("comments")
    .values({ thread_id: id, who, text, resolves: 0, at: new Date().toISOString() })
    .execute();
}

/**
 * Adds a comment, which opens the thread again, or resolves it.
 *
 * @throws StudyError `not-found` for a thread that is not of this drawing.
 */
export async function addToThread(
  { database }: Study,
  { caseId, person }: AnnotatorTask,
  given: {
    /** Its number in this drawing. */
    readonly thread: number;
    readonly text: string | null;
    readonly resolves: boolean;
    readonly who: string;
  },
): Promise<void> {
  const { thread, text, resolves, who } = given;
  const found = await database
    .selectFrom("comment_threads")
    .select("id")
    .where("case_id", "=", caseId)
    .where("annotator", "=", person)
    .orderBy("id")
    .offset(thread - 1)
    .limit(1)
    .executeTakeFirst();
  if (found === undefined) {
    throw new StudyError("not-found", "There is no such comment in this case.");
  }
  const at = new Date().toISOString();
  await database
    .insertInto("comments")
    .values({ thread_id: found.id, who, text, resolves: resolves ? 1 : 0, at })
    .execute();
}
