/**
 * The runs of a study's `runs/`: what is known of each, by its folder alone, whoever started it. What a run has
 * written is read once; afterwards only what is new, since those who read share this process.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { causeText } from "@malleolus/errors";
import { type FollowedRun, followRun, latestCheckpoint, namedRecipe } from "@malleolus/runs";
import {
  type RunDetail,
  type RunNews,
  type RunRequest,
  type RunRow,
  runRowSchema,
} from "@malleolus/schema";
import { frozenFile, type Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";
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

export interface StudyRuns {
  readonly canStart: boolean;
  /** The one last heard of first. */
  list(): RunRow[];
  /** @throws ServerError `not-found`. */
  detail(id: string): RunDetail;
  /** What has come since it was asked last; null where nothing has. Each follower has its own. */
  follow(id: string): () => RunNews | null;
  /** @throws ServerError `state` while another works, `invalid` for a name that is taken or an unknown recipe. */
  start(request: RunRequest, who: string): RunRow;
  /** @throws ServerError `state` for one that is not at work. */
  stop(id: string): RunRow;
  /** @throws ServerError `state` for one that cannot go on, or while another works. */
  resume(id: string, who: string): RunRow;
}

export function openStudyRuns(study: Study, work: StudyWork): StudyRuns {
  const folder = work.runs;
  const followed = new Map<string, () => FollowedRun>();
  const viewOf = (id: string) => {
    const path = join(folder, id);
    if (!isRun(path)) throw new ServerError("not-found", `There is no run ${id}.`);
    const ask = followed.get(id) ?? followRun(path);
    followed.set(id, ask);
    return ask();
  };
  const names = () => namesIn(folder).filter((id) => isRun(join(folder, id)));
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
  return {
    canStart: work.canStart,
    list,
    detail(id) {
      const view = viewOf(id);
      const recipe = join(view.path, "recipe.json");
      return {
        run: rowOf(id, view),
        losses: [...view.losses],
        validations: [...view.validations],
        recipe: existsSync(recipe) ? readFileSync(recipe, "utf8") : null,
        log: workLog(view.path),
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
      const program = work.program();
      const { id, dataset } = request;
      const path = join(folder, id);
      const args = trainingArguments(study, path, request);
      if (existsSync(path)) {
        if (isSame(jobOf(path), { args, dataset, who })) return rowOf(id, viewOf(id));
        throw new ServerError("invalid", `There is a run ${id} already. Give it another name.`);
      }
      work.requireIdle("train");
      mkdirSync(path, { recursive: true });
      startWork(path, program, { args, dataset, who });
      return rowOf(id, viewOf(id));
    },
    stop(id) {
      const view = viewOf(id);
      stopWork(view.path, id, rowOf(id, view).state);
      return rowOf(id, view);
    },
    resume(id, who) {
      const program = work.program();
      const view = viewOf(id);
      const job = resumable(view.path, id, rowOf(id, view));
      work.requireIdle("train");
      startWork(view.path, program, { ...job, who });
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
  return existsSync(join(path, "recipe.json")) || hasWork(path);
}

function damagedRow(id: string, failure: string): RunRow {
  return {
    id,
    state: "failed",
    recipe: null,
    model: null,
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

function rowOf(id: string, { path, recipe, figures }: FollowedRun): RunRow {
  const job = jobOf(path);
  const state = workState(path, job, figures);
  const { steps, loss, best, imagesPerSecond, last, end } = figures;
  const isAtWork = state === "running" || state === "stalled";
  return {
    id,
    state,
    recipe: recipe?.name ?? null,
    model: latestCheckpoint(path) === null ? null : kindOf(recipe),
    dataset: job?.dataset ?? null,
    who: job?.who ?? null,
    steps,
    stepsPlanned: recipe?.steps ?? null,
    loss,
    best,
    imagesPerSecond,
    last: last ?? job?.at ?? null,
    failure: state === "failed" ? workFailure(path) : null,
    canResume: job !== null && !isAtWork && (state !== "finished" || end === null),
  };
}

function kindOf(recipe: FollowedRun["recipe"]): RunRow["model"] {
  return runRowSchema.shape.model.safeParse(recipe?.model?.kind).data ?? null;
}
