/**
 * A process that works for tests and experiments: what its jobs store is a line for each radiograph. It says when it
 * is ready, what happens to each job, and at its end how long its claims took; whenever it gets SIGUSR2, how much of its
 * memory is in use.
 */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openDatabase } from "../database/open-database.ts";
import { closeStudy, openStudy, type Study } from "../study.ts";
import { analysisResults } from "./analyses.ts";
import { imagesOf, type JobQueue, type QueueOptions } from "./job-queue.ts";
import { openQueue } from "./open-queue.ts";
import { work } from "./work.ts";

export const testWorker = import.meta.filename;

export interface TestWorkerOptions extends QueueOptions {
  /** Of the jobs that it takes. */
  readonly topic: string;
  /** That a job sleeps. */
  readonly jobMs: number;
  /** That a job computes. */
  readonly computeMs?: number;
  /** How far this process's clock goes ahead. */
  readonly clockMs?: number;
  /** By which way it reaches the study's database; as the study says unless given. */
  readonly database?: string;
  /** Whether it goes on when nothing is left. */
  readonly stays?: boolean;
}

export type TestWorkerNews =
  | { readonly news: "ready" }
  | { readonly news: "claimed"; readonly key: string; readonly attempt: number }
  | {
      readonly news: "completed" | "lost" | "failed" | "unreachable";
      readonly key: string;
    }
  /** What is left when all garbage is collected. */
  | { readonly news: "size"; readonly liveMiB: number }
  | {
      readonly news: "ended";
      readonly claimsMs: readonly number[];
      readonly jobs: number;
      /** Processor time from ready to the end. */
      readonly cpuMs: number;
    };

function tell(news: TestWorkerNews): void {
  process.stdout.write(`${JSON.stringify(news)}\n`);
}

async function openBy(folder: string, database: string | undefined): Promise<Study> {
  const study = await openStudy(folder);
  if (database === undefined) return study;
  await closeStudy(study);
  const { configuration } = study;
  return {
    ...study,
    configuration: { ...configuration, storage: { ...configuration.storage, database } },
    database: await openDatabase(database),
  };
}

function shiftClock(byMs: number): void {
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given) =>
      given.length === 0 ? new target(RealDate.now() + byMs) : Reflect.construct(target, given),
    get: (target, name) =>
      name === "now" ? () => RealDate.now() + byMs : Reflect.get(target, name),
  });
}

/** The queue, and how long each claim that found something took. */
function timed(queue: JobQueue, claimsMs: number[]): JobQueue {
  return {
    ...queue,
    async claim(topic) {
      const start = performance.now();
      const job = await queue.claim(topic);
      if (job !== null) claimsMs.push(performance.now() - start);
      return job;
    },
  };
}

function compute(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

if (import.meta.main) {
  const [folder, written] = process.argv.slice(2);
  const options: TestWorkerOptions = JSON.parse(written);
  if (options.clockMs !== undefined) shiftClock(options.clockMs);
  const study = await openBy(folder, options.database);
  const claimsMs: number[] = [];
  const queue = timed(await openQueue(study, options), claimsMs);
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  process.on("SIGUSR2", () => {
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    tell({ news: "size", liveMiB: (heapUsed + external) / 2 ** 20 });
  });
  tell({ news: "ready" });
  const cpu = process.cpuUsage();
  let jobs = 0;
  const who = `process ${process.pid}`;
  await work(
    [
      {
        queue,
        topic: options.topic,
        async perform(job) {
          tell({ news: "claimed", key: job.key, attempt: job.attempt });
          if (options.jobMs > 0) await setTimeout(options.jobMs);
          compute(options.computeMs ?? 0);
          const model = options.topic.split("/")[1];
          const analyzed = imagesOf(job).map((image) => ({ image, failure: "nobody looked" }));
          return analyzed.length === 0 ? {} : analysisResults(model, analyzed, who);
        },
      },
    ],
    {
      stop: stop.signal,
      untilEmpty: options.stays !== true,
      onEvent(event) {
        if (event.event === "completed") jobs++;
        if (event.event === "left") return;
        tell({ news: event.event, key: "job" in event ? event.job.key : "" });
      },
    },
  );
  const { user, system } = process.cpuUsage(cpu);
  tell({ news: "ended", claimsMs, jobs, cpuMs: (user + system) / 1000 });
  await queue.close();
  await closeStudy(study);
}
