/**
 * The jobs of a study's `jobs/`: what is known of each, by its folder alone. Their kinds are commands of the command
 * line; a job's arguments say which.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { causeText } from "@malleolus/errors";
import { readJobRecord } from "@malleolus/runs";
import { type JobDetail, type JobRequest, type JobRow, jobKindSchema } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";
import type { Job } from "./job.ts";
import { namesIn, type StudyWork } from "./study-work.ts";
import {
  hasWork,
  isSame,
  jobOf,
  resumable,
  startWork,
  stopWork,
  workFailure,
  workLog,
  workState,
} from "./work-folder.ts";

export interface StudyJobs {
  readonly canStart: boolean;
  /** The one started last first. */
  list(): JobRow[];
  /** @throws ServerError `not-found`. */
  detail(id: string): JobDetail;
  /**
   * Its name comes from the request's number: asked again, it is the one that is there.
   *
   * @throws ServerError `state` while another works, `invalid` for a run that is not there.
   */
  start(request: JobRequest, who: string): JobRow;
  /** @throws ServerError `state` for one that is not at work. */
  stop(id: string): JobRow;
  /** @throws ServerError `state` for one that cannot go on, or while another works. */
  resume(id: string, who: string): JobRow;
}

export function openStudyJobs(study: Study, work: StudyWork): StudyJobs {
  const pathOf = (id: string) => {
    const path = join(work.jobs, id);
    if (hasWork(path)) return path;
    throw new ServerError("not-found", `There is no job ${id}.`);
  };
  const shown = (id: string) => {
    try {
      return rowOf(id, pathOf(id));
    } catch (error) {
      // One that is damaged must not hide the others.
      return damagedRow(id, causeText(error));
    }
  };
  return {
    canStart: work.canStart,
    list: () =>
      namesIn(work.jobs)
        .filter((id) => hasWork(join(work.jobs, id)))
        .map(shown)
        .toSorted((a, b) => ((a.at ?? "") < (b.at ?? "") ? 1 : -1)),
    detail(id) {
      const path = pathOf(id);
      return { job: shown(id), log: workLog(path) };
    },
    start(request, who) {
      const program = work.program();
      const id = `${request.kind}-${request.requestId.toLowerCase()}`;
      const path = join(work.jobs, id);
      const args = [...argumentsOf(study, work, request, { path, who }), "--job", path];
      if (hasWork(path)) {
        if (isSame(jobOf(path), { args, dataset: null, who })) return shown(id);
        throw new ServerError("invalid", `The number of this request is another job's, ${id}.`);
      }
      work.requireIdle(request.kind);
      mkdirSync(path, { recursive: true });
      startWork(path, program, { args, dataset: null, who });
      return shown(id);
    },
    stop(id) {
      const path = pathOf(id);
      stopWork(path, id, rowOf(id, path).state);
      return shown(id);
    },
    resume(id, who) {
      const program = work.program();
      const path = pathOf(id);
      const job = resumable(path, id, rowOf(id, path));
      work.requireIdle(job.args[0]);
      startWork(path, program, { ...job, who });
      return shown(id);
    },
  };
}

/** @throws ServerError `invalid` for a run that is not there. */
function argumentsOf(
  study: Study,
  work: StudyWork,
  request: JobRequest,
  { path, who }: { readonly path: string; readonly who: string },
): string[] {
  const folder = resolve(study.folder);
  const run = (option: string, id: string | undefined) =>
    id === undefined ? [] : [option, runFolder(work, id)];
  const given = (option: string, value: string | number | undefined) =>
    value === undefined ? [] : [option, String(value)];
  switch (request.kind) {
    case "prelabel":
      return [
        "prelabel",
        folder,
        ...run("--segmentation", request.segmentation),
        ...run("--classification", request.classification),
        ...["--who", who],
      ];
    case "select":
      return [
        "select",
        ...["--study", folder],
        ...["--strategy", request.strategy],
        ...given("--count", request.count),
        ...given("--seed", request.seed),
        ...["--out", join(path, "chosen.tsv")],
        ...["--who", who],
      ];
    case "report":
      return [
        "report",
        ...["--study", folder],
        ...run("--checkpoint", request.run),
        ...given("--title", request.title),
      ];
  }
}

function runFolder(work: StudyWork, id: string): string {
  const path = join(work.runs, id);
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  throw new ServerError("invalid", `There is no run ${id}. Choose one of the list.`);
}

function rowOf(id: string, path: string): JobRow {
  const job = jobOf(path);
  const record = readJobRecord(path);
  // What was written before it was started again tells nothing of it.
  const own = record !== null && job !== null && record.time < job.at ? null : record;
  const heard = { last: own?.time ?? job?.at ?? null, end: own?.end?.reason ?? null };
  const state = workState(path, job, heard);
  return {
    id,
    kind: kindOf(job),
    state,
    who: job?.who ?? null,
    at: job?.at ?? null,
    progress: own?.progress ?? null,
    said: state === "finished" ? (own?.end?.said ?? null) : null,
    report: state === "finished" ? (own?.end?.report ?? null) : null,
    failure: state === "failed" ? workFailure(path) : null,
    canResume: state === "stopped" || state === "failed",
  };
}

function kindOf(job: Job | null): JobRow["kind"] {
  return jobKindSchema.safeParse(job?.args[0]).data ?? null;
}

function damagedRow(id: string, failure: string): JobRow {
  return {
    id,
    kind: null,
    state: "failed",
    who: null,
    at: null,
    progress: null,
    said: null,
    report: null,
    failure,
    canResume: false,
  };
}
