/**
 * A study's radiographs, or files, in jobs of some dozens. Where a job ends depends on those around that place alone: what
 * comes later changes the jobs that it falls into, and no others. So the same ones are sent in the same jobs, which a
 * queue knows by their keys, however often somebody sends them.
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { StudyError } from "../errors.ts";
import { type JobContent, type JobQueue, type NewJob, topicOf } from "./job-queue.ts";

/** So many that a claim costs nothing beside the work, so few that a lost worker costs a minute or two. */
export const [LEAST_A_JOB, MOST_A_JOB] = [32, 64];
/** Jobs end behind those whose mark ends so, one of sixteen; in seven of eight such a one comes in time. */
const END = "0";

/** Rows that are read together, and jobs that are sent together. */
const [PAGE, JOBS_TOGETHER] = [3000, 64];
const FULL_MS = 1000;

export interface Listed {
  /** A hash of what it is: the same for the same. */
  readonly mark: string;
  /** Whether there is something to do about it. */
  readonly isOpen: boolean;
  /** Whether it may be as much work as a job is: then it is the last of its job. */
  readonly isLarge?: boolean;
}

export interface Sending {
  readonly stop: AbortSignal;
  /** Called once, where the queue is full: from there on whoever sends goes at the pace of those who work. */
  readonly onFull?: (() => void) | undefined;
}

export interface SentJobs {
  /** Of new jobs: those about which there is something to do. */
  readonly open: number;
  readonly jobs: number;
}

/** All images, whose marks are their hashes, from pages of those that come after one. */
export async function* imagesInOrder(
  page: (after: string, most: number) => Promise<readonly Listed[]>,
): AsyncGenerator<Listed> {
  for (let after = ""; ; ) {
    const found = await page(after, PAGE);
    yield* found;
    if (found.length < PAGE) return;
    after = found[found.length - 1].mark;
  }
}

/** Sends the jobs in which there is something to do, with all that they hold: whoever does one looks what is open. */
export async function sendChunks<Item extends Listed>(
  queue: JobQueue,
  items: AsyncIterable<Item> | Iterable<Item>,
  contentOf: (own: readonly Item[]) => JobContent,
  { stop, onFull }: Sending,
): Promise<SentJobs> {
  const sent = { open: 0, jobs: 0 };
  let isTold = false;
  const tellOnce = () => {
    if (!isTold) onFull?.();
    isTold = true;
  };
  let together: (NewJob & { readonly open: number })[] = [];
  const flush = async () => {
    const added = await sendWhenThereIsRoom(queue, together, stop, tellOnce);
    for (const { key, open } of together) {
      if (!added.has(key)) continue;
      sent.open += open;
      sent.jobs++;
    }
    together = [];
    // A database in this process answers before anybody else may speak: here signals are heard.
    await setImmediate();
  };
  for await (const chunk of chunksOf(items)) {
    if (stop.aborted) break;
    const open = chunk.filter(({ isOpen }) => isOpen).length;
    if (open === 0) continue;
    const content = contentOf(chunk);
    const named = [topicOf(content), ...chunk.map(({ mark }) => mark)];
    const key = createHash("sha256").update(named.join("\n")).digest("hex");
    together.push({ key, content, open });
    if (together.length === JOBS_TOGETHER) await flush();
  }
  await flush();
  return sent;
}

/** Adds jobs and waits while the queue is full; returns the new ones' keys, none where it is stopped meanwhile. */
async function sendWhenThereIsRoom(
  queue: JobQueue,
  jobs: readonly NewJob[],
  stop: AbortSignal,
  onFull: () => void,
): Promise<ReadonlySet<string>> {
  while (!stop.aborted && jobs.length > 0) {
    try {
      return await queue.send(jobs.map(({ key, content }) => ({ key, content })));
    } catch (error) {
      if (!(error instanceof StudyError) || error.code !== "busy") throw error;
      onFull();
      await queue.wait(FULL_MS, stop);
    }
  }
  return new Set();
}

async function* chunksOf<Item extends Listed>(
  items: AsyncIterable<Item> | Iterable<Item>,
): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    const mayEnd = chunk.length >= LEAST_A_JOB && item.mark.endsWith(END);
    if (!mayEnd && chunk.length < MOST_A_JOB && item.isLarge !== true) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
