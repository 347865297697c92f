/**
 * Radiographs that somebody has a detector look at, one patient at a time, in a process of its own, so that nobody
 * else waits. They lie beside the study, where no copy of it takes them along, and are removed when their page says
 * so, half an hour after it asked last, and with the server. Each is its account's alone.
 */
import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import {
  type CaseImage,
  MOST_PREDICTED_FILES,
  type Predicted,
  type ShownPrediction,
} from "@malleolus/schema";
import { ServerError } from "../errors.ts";
import {
  AnalysisRefused,
  type Analyst,
  type Looked,
  openAnalyst,
  type StartAnalysis,
} from "../inference/analyst.ts";
import { stagedFiles } from "../uploads/staged-files.ts";

export interface Predictions {
  readonly canPredict: boolean;
  readonly largestBytes: number;
  /** Takes a file in; the first one begins the prediction. Sent again to its place, it stands in for the one before. */
  receive(id: string, place: number, file: NewFile, who: string): Promise<ShownPrediction>;
  /** @throws ServerError `state` without a file. */
  start(id: string, who: string): ShownPrediction;
  /** @throws ServerError `not-found` for one that is gone, or somebody else's. */
  state(id: string, who: string): ShownPrediction;
  /** Where a radiograph of it lies. */
  image(id: string, image: string, who: string): { readonly path: string };
  remove(id: string, who: string): Promise<void>;
  close(): Promise<void>;
}

export interface NewFile {
  readonly name: string;
  readonly bytes: Readable;
}

export interface PredictionOptions {
  readonly studyFolder: string;
  /** Null where this server has no detector. */
  readonly start: StartAnalysis | null;
  /** What was kept of a radiograph to show it goes, too. */
  readonly forget: (image: string) => void;
  readonly keptMs?: number;
}

interface Held {
  readonly id: string;
  readonly who: string;
  /** By place. */
  readonly files: Map<number, { readonly name: string; readonly path: string }>;
  /** By image: the path of its file. */
  readonly images: Map<string, string>;
  readonly gone: NodeJS.Timeout;
  state: ShownPrediction["state"];
  done: number;
  problem: string | null;
  result: Predicted | null;
  tries: number;
}

const LARGEST_BYTES = 128 * 2 ** 20;
const KEPT_MS = 30 * 60_000;
/** The detector's memory is given back when nobody has asked for so long. */
const WARM_MS = 10 * 60_000;
const MOST_OPEN = 30;
const MOST_TRIES = 2;
/** Ends without ever having been warm, after which it is said that it cannot be had. */
const MOST_STARTS = 3;

export function openPredictions({
  studyFolder,
  start,
  forget,
  keptMs = KEPT_MS,
}: PredictionOptions): Predictions {
  const files = stagedFiles(studyFolder, LARGEST_BYTES, "predictions");
  const held = new Map<string, Held>();
  const queue: Held[] = [];
  let analyst: Analyst | null = null;
  let cooling: NodeJS.Timeout | undefined;
  let isBusy = false;

  const drop = async (one: Held) => {
    clearTimeout(one.gone);
    held.delete(one.id);
    const at = queue.indexOf(one);
    if (at >= 0) queue.splice(at, 1);
    for (const image of one.images.keys()) forget(image);
    await Promise.all([...one.files.values()].map(({ path }) => files.remove(path)));
  };
  const cool = () => {
    void analyst?.close();
    analyst = null;
  };
  const refuse = (one: Held, problem: string) => {
    one.state = "refused";
    one.problem = problem;
  };

  const next = () => {
    if (queue.length === 0 || isBusy || start === null) return;
    clearTimeout(cooling);
    analyst ??= openAnalyst(start, next);
    if (!analyst.isWarm) {
      if (analyst.restarts < MOST_STARTS) return;
      for (const one of queue.splice(0)) {
        refuse(one, "The detector cannot be loaded. The server's own output says why.");
      }
      cool();
      return;
    }
    const [one] = queue.splice(0, 1);
    isBusy = true;
    void look(analyst, one).finally(() => {
      isBusy = false;
      cooling = setTimeout(cool, WARM_MS);
      cooling.unref();
      next();
    });
  };

  const look = async (by: Analyst, one: Held) => {
    one.state = "analysing";
    one.tries += 1;
    const inOrder = [...one.files].toSorted(([a], [b]) => a - b).map(([, file]) => file);
    const paths = inOrder.map(({ path }) => path);
    try {
      const looked = await by.look({ id: one.id, paths }, (done) => {
        one.done = done;
      });
      // Removed meanwhile, it is nobody's any more.
      if (!held.has(one.id)) return;
      one.result = predictedOf(looked, paths, one.images);
      one.state = "done";
    } catch (error) {
      if (!held.has(one.id)) return;
      if (error instanceof AnalysisRefused) {
        refuse(one, withNames(error.message, inOrder));
      } else if (one.tries < MOST_TRIES) {
        one.state = "waiting";
        queue.unshift(one);
      } else {
        refuse(one, "The analysis ended by itself, twice. These radiographs are too much for it.");
      }
    }
  };

  const required = (id: string, who: string): Held => {
    const one = held.get(id);
    if (one === undefined || one.who !== who) {
      throw new ServerError("not-found", "This prediction is gone: nothing of it was kept.");
    }
    one.gone.refresh();
    return one;
  };

  const begin = (id: string, who: string): Held => {
    if (start === null) throw new ServerError("state", "This server has no detector.");
    if (held.size >= MOST_OPEN) {
      throw new ServerError(
        "too-many",
        "Too many predictions are open. Try again in some minutes.",
      );
    }
    const one: Held = {
      id,
      who,
      files: new Map(),
      images: new Map(),
      gone: setTimeout(() => void drop(one), keptMs),
      state: "receiving",
      done: 0,
      problem: null,
      result: null,
      tries: 0,
    };
    one.gone.unref();
    held.set(id, one);
    return one;
  };

  return {
    canPredict: start !== null,
    largestBytes: LARGEST_BYTES,
    async receive(id, place, { name, bytes }, who) {
      const one = held.has(id) ? required(id, who) : begin(id, who);
      if (one.state !== "receiving" || place >= MOST_PREDICTED_FILES) {
        throw new ServerError("state", "This prediction takes no more radiographs. Begin another.");
      }
      const { path } = await files.receive(name, bytes);
      const before = one.files.get(place);
      one.files.set(place, { name, path });
      if (before !== undefined) await files.remove(before.path);
      if (!held.has(id)) await files.remove(path);
      return shown(required(id, who));
    },
    start(id, who) {
      const one = required(id, who);
      if (one.files.size === 0) throw new ServerError("state", "Send a radiograph first.");
      if (one.state === "receiving") {
        one.state = "waiting";
        queue.push(one);
        next();
      }
      return shown(one);
    },
    state: (id, who) => shown(required(id, who)),
    image(id, image, who) {
      const path = required(id, who).images.get(image);
      if (path !== undefined) return { path };
      throw new ServerError("not-found", "There is no such radiograph in this prediction.");
    },
    remove: (id, who) => drop(required(id, who)),
    async close() {
      clearTimeout(cooling);
      for (const { gone } of held.values()) clearTimeout(gone);
      held.clear();
      queue.length = 0;
      await analyst?.close();
      files.clear();
    },
  };
}

function shown({ id, state, files, done, problem, result }: Held): ShownPrediction {
  const names = [...files].toSorted(([a], [b]) => a - b).map(([, { name }]) => name);
  return { id, state, files: names, done, problem, result };
}

/** The images get names that nobody can guess, under which they are shown. */
function predictedOf(
  { result, facts }: Looked,
  paths: readonly string[],
  images: Map<string, string>,
): Predicted {
  const { predictions, answer, modelSha256, modelVersion, scoreThreshold } = result;
  const known = predictions.map((prediction, i) => {
    const id = randomBytes(16).toString("hex");
    images.set(id, paths[i]);
    const { view, width, height } = prediction;
    const { notes, ...rest } = facts[i];
    const image: CaseImage = { id, view, width, height, ...rest };
    return { image, notes, prediction };
  });
  const classes = [...new Set(predictions.flatMap((one) => Object.keys(one.classScores)))];
  const highest = (name: string) =>
    Math.max(...predictions.map(({ classScores }) => classScores[name] ?? 0));
  return {
    images: known.map(({ image }) => image),
    findings: known.flatMap(({ image, prediction }) =>
      prediction.findings.map((finding) => ({ ...finding, image: image.id })),
    ),
    called: answer?.class ?? null,
    scores: answer?.probabilities ?? Object.fromEntries(classes.map((one) => [one, highest(one)])),
    notes: known.flatMap(({ notes }, i) => notes.map((note) => `radiograph ${i + 1}: ${note}`)),
    model: { sha256: modelSha256, version: modelVersion, scoreThreshold },
  };
}

/** The process speaks of radiographs by their number. */
function withNames(message: string, files: readonly { readonly name: string }[]): string {
  return message.replace(/^radiograph (\d+)/, (whole, number: string) => {
    return files[Number(number) - 1]?.name ?? whole;
  });
}
