/**
 * The runs of a study's `runs/`: what is known of each, by its folder alone, whoever started it. What a run has
 * written is read once; afterwards only what is new, since those who read share this process.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { causeText } from "@malleolus/errors";
import { type FollowedRun, followRun, namedRecipe, runProcess } from "@malleolus/runs";
import {
  type RunDetail,
  type RunNews,
  type RunRequest,
  type RunRow,
  runIdSchema,
} from "@malleolus/schema";
import { frozenFile, type Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";
import {
  hasJob,
  isJobAlive,
  type Job,
  jobEnd,
  lastWordMs,
  logLines,
  readJob,
  startJob,
  stopProcess,
} from "./job.ts";

export interface StudyRuns {
  readonly canStart: boolean;
  /** The one last heard of first. */
  list(): RunRow[];
  /** @throws ServerError `not-found`. */
  detail(id: string): RunDetail;
  /** What has come since it was asked last; null where nothing has. Each follower has its own. */
  follow(id: string): () => RunNews | null;
  /** @throws ServerError `state` while another trains, `invalid` for a name that is taken or an unknown recipe. */
  start(request: RunRequest, who: string): RunRow;
  /** @throws ServerError `state` for one that is not at work. */
  stop(id: string): RunRow;
  /** @throws ServerError `state` for one that cannot go on, or while another trains. */
  resume(id: string, who: string): RunRow;
}

const STALLED_MS = 60_000;
const LOG_LINES = 200;
const KILLED = "It ended without a word: its process was killed, or the machine went off.";

/** `program`: the words that start the command line; null where this server cannot start any. */
export function openStudyRuns(study: Study, program: readonly string[] | null): StudyRuns {
  const folder = join(resolve(study.folder), "runs");
  const followed = new Map<string, () => FollowedRun>();
  const viewOf = (id: string) => {
    const path = join(folder, id);
    if (!isRun(path)) throw new ServerError("not-found", `There is no run ${id}.`);
    const ask = followed.get(id) ?? followRun(path);
    followed.set(id, ask);
    return ask();
  };
  const names = () =>
    (existsSync(folder) ? readdirSync(folder) : []).filter(
      (id) => runIdSchema.safeParse(id).success && isRun(join(folder, id)),
    );
  const list = () =>
    names()
      .map((id) => {
        try {
          return rowOf(id, viewOf(id));
        } catch (error) {
          // One that is damaged must not hide the others.
          return damagedRow(id, causeText(error));
        }
      })
      .toSorted((a, b) => ((a.last ?? "") < (b.last ?? "") ? 1 : -1));
  const requireIdle = () => {
    if (program === null) throw new ServerError("state", "This server starts no trainings.");
    const busy = names().find((id) => isAtWork(join(folder, id)));
    if (busy === undefined) return program;
    throw new ServerError("state", `${busy} is training. Stop it, or wait until it has ended.`);
  };

  return {
    canStart: program !== null,
    list,
    detail(id) {
      const view = viewOf(id);
      const recipe = join(view.path, "recipe.json");
      return {
        run: rowOf(id, view),
        losses: [...view.losses],
        validations: [...view.validations],
        recipe: existsSync(recipe) ? readFileSync(recipe, "utf8") : null,
        log: logLines(jobFolder(view.path), LOG_LINES),
      };
    },
    follow(id) {
      let [losses, validations, generation, told] = [0, 0, -1, ""];
      return () => {
        const view = viewOf(id);
        const run = rowOf(id, view);
        const isAnew = view.generation !== generation;
        if (isAnew) [losses, validations, generation] = [0, 0, view.generation];
        const news = {
          isAnew,
          run,
          losses: view.losses.slice(losses),
          validations: view.validations.slice(validations),
        };
        const text = JSON.stringify(run);
        if (!isAnew && text === told && news.losses.length + news.validations.length === 0) {
          return null;
        }
        [losses, validations, told] = [view.losses.length, view.validations.length, text];
        return news;
      };
    },
    start(request, who) {
      const words = requireIdle();
      const { id, dataset } = request;
      const path = join(folder, id);
      if (existsSync(path)) {
        throw new ServerError("invalid", `There is a run ${id} already. Give it another name.`);
      }
      const args = trainingArguments(study, path, request);
      mkdirSync(path, { recursive: true });
      startJob(jobFolder(path), words, { args, dataset, who });
      return rowOf(id, viewOf(id));
    },
    stop(id) {
      const view = viewOf(id);
      const { state } = rowOf(id, view);
      if (state !== "running" && state !== "stalled") {
        throw new ServerError("state", `${id} is not at work: it is ${state}.`);
      }
      const folder = jobFolder(view.path);
      const job = readJob(folder);
      const started = job !== null && isJobAlive(job) ? job : null;
      // Whoever holds the run's lock trains, also where a terminal started it; before it does, the job's group.
      const pid = runProcess(view.path) ?? (started?.process ? -started.process.pid : null);
      if (pid !== null) stopProcess(pid, folder, started?.at ?? String(pid));
      return rowOf(id, view);
    },
    resume(id, who) {
      const words = requireIdle();
      const view = viewOf(id);
      const job = readJob(jobFolder(view.path));
      const { state, canResume } = rowOf(id, view);
      if (job === null || !canResume) {
        const why = job === null ? "a terminal started it; go on there" : `it is ${state}`;
        throw new ServerError("state", `${id} cannot go on from here: ${why}.`);
      }
      startJob(jobFolder(view.path), words, { ...job, who });
      return rowOf(id, view);
    },
  };
}

/** @throws ServerError `invalid` for a recipe that has no name here, StudyError for an unknown data set. */
function trainingArguments(study: Study, out: string, request: RunRequest): string[] {
  const { dataset, recipe, steps, seed } = request;
  if (namedRecipe(recipe) === undefined) {
    throw new ServerError("invalid", `There is no recipe ${recipe}. Choose one of the list.`);
  }
  const training = frozenFile(study, dataset, "training");
  const tuning = frozenFile(study, dataset, "tuning");
  if (training === null)
    throw new ServerError("invalid", `Data set ${dataset} has no training set.`);
  return [
    "train",
    ...["--recipe", recipe],
    ...["--coco", resolve(training)],
    ...["--images", resolve(study.images)],
    ...(tuning === null ? [] : ["--tuning", resolve(tuning)]),
    ...(steps === undefined ? [] : ["--steps", String(steps)]),
    ...(seed === undefined ? [] : ["--seed", String(seed)]),
    ...["--out", out],
  ];
}

function isRun(path: string): boolean {
  return existsSync(join(path, "recipe.json")) || hasJob(jobFolder(path));
}

/** Whether its lock is held, or its job goes on that has no lock yet. A job that cannot be read has none. */
function isAtWork(path: string): boolean {
  if (runProcess(path) !== null) return true;
  try {
    const job = readJob(jobFolder(path));
    return job !== null && isJobAlive(job);
  } catch {
    return false;
  }
}

function damagedRow(id: string, failure: string): RunRow {
  return {
    id,
    state: "failed",
    recipe: null,
    dataset: null,
    who: null,
    steps: 0,
    stepsPlanned: null,
    loss: null,
    best: null,
    imagesPerSecond: null,
    last: null,
    failure,
    canResume: false,
  };
}

function jobFolder(path: string): string {
  return join(path, "job");
}

function rowOf(id: string, { path, recipe, figures }: FollowedRun): RunRow {
  const job = readJob(jobFolder(path));
  const state = stateOf(path, figures, job);
  const { steps, loss, best, imagesPerSecond, last, end } = figures;
  const isAtWork = state === "running" || state === "stalled";
  return {
    id,
    state,
    recipe: recipe?.name ?? null,
    dataset: job?.dataset ?? null,
    who: job?.who ?? null,
    steps,
    stepsPlanned: recipe?.steps ?? null,
    loss,
    best,
    imagesPerSecond,
    last: last ?? job?.at ?? null,
    failure: state === "failed" ? failureOf(path) : null,
    canResume: job !== null && !isAtWork && (state !== "finished" || end === null),
  };
}

function stateOf(
  path: string,
  { last, end }: FollowedRun["figures"],
  job: Job | null,
): RunRow["state"] {
  if (runProcess(path) !== null || (job !== null && isJobAlive(job))) {
    const heard = Math.max(Date.parse(last ?? job?.at ?? ""), lastWordMs(jobFolder(path)));
    return Date.now() - heard > STALLED_MS ? "stalled" : "running";
  }
  const { code } = job === null ? { code: null } : jobEnd(jobFolder(path));
  if (code !== null && code !== 0) return code === 130 || code === 143 ? "stopped" : "failed";
  if (end === "stopped") return "stopped";
  return end === null ? "failed" : "finished";
}

/** The first line that says what is wrong: the program's own, else the last that it said. */
function failureOf(path: string): string {
  const { code } = jobEnd(jobFolder(path));
  if (code === null) return KILLED;
  const lines = logLines(jobFolder(path), LOG_LINES);
  return (
    lines.find((line) => /^(malleolus|internal|\w*Error):/i.test(line)) ?? lines.at(-1) ?? KILLED
  );
}
