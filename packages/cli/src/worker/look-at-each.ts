/** A job's radiographs, one after the other: the next one is read while this one is looked at. */
import { causeText } from "@malleolus/errors";
import { imageColumn } from "@malleolus/schema";
import type { ImageSource, ImageToAnalyze } from "@malleolus/studies";
import type { BytesToAnalyze } from "./messages.ts";

/** Ends early where the job is lost. */
export async function* lookAtEach<Answer>(
  images: ImageSource,
  open: readonly ImageToAnalyze[],
  lost: AbortSignal,
  ask: (bytes: BytesToAnalyze) => Promise<Answer>,
): AsyncGenerator<{ readonly sha256: string; readonly answer: Answer }> {
  let next = open.length === 0 ? null : readImage(images, open[0]);
  for (const [i, { sha256 }] of open.entries()) {
    if (next === null || lost.aborted) return;
    const bytes = await next;
    next = i + 1 < open.length ? readImage(images, open[i + 1]) : null;
    // It is awaited in the next turn, unless this one throws.
    next?.catch(() => undefined);
    yield { sha256, answer: await ask({ bytes, name: `image ${sha256}` }) };
  }
}

function readImage(images: ImageSource, { sha256, facts }: ImageToAnalyze): Promise<Uint8Array> {
  const format = imageColumn.read(facts, `image ${sha256}`).format;
  // In words: a bucket that is away is not the database that is.
  return images.read(sha256, format).catch((cause: unknown) => {
    throw new Error(`image ${sha256}: ${causeText(cause)}`, { cause });
  });
}
