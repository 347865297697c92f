/**
 * The stages of a demonstration, and which of them are done: `demo.json` in its folder, written after
 * each. A demonstration of another plan is not gone on with.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import { readJson, SchemaError } from "@malleolus/schema";
import { z } from "zod";
import { CliError } from "../errors.ts";
import type { DemoProgress } from "./demo-progress.ts";

export const STAGES = [
  "phantom",
  "import",
  "screen",
  "read",
  "assign tests",
  "read tests",
  "prelabel",
  "select",
  "assign training",
  "annotate",
  "export",
  "train",
  "calibrate",
  "evaluate",
] as const;
export type StageName = (typeof STAGES)[number];

export interface StageTime {
  readonly name: StageName;
  readonly title: string;
  /** Of all calls that worked on it. */
  readonly seconds: number;
}

export interface Stages {
  /** Whether nothing was done before. */
  readonly isFresh: boolean;
  /** Whether everything was. */
  readonly isDone: boolean;
  /** Seconds that each stage is held to take: from then on each says how long is left. */
  expect(seconds: ReadonlyMap<StageName, number>): void;
  /** Does the work unless it is done. */
  once(name: StageName, title: string, work: () => Promise<void>): Promise<void>;
  /** Does what goes on by itself where it stopped; null is a stage that was stopped. */
  repeat<T>(name: StageName, title: string, work: () => Promise<T>): Promise<T>;
  /** Of the stages that were worked on, in their order; the one that is going on as far as it is. */
  times(): StageTime[];
}

const stateSchema = z.strictObject({
  /** The plan and the phantom's version, as JSON. */
  of: z.string(),
  stages: z.array(
    z.strictObject({
      name: z.enum(STAGES),
      title: z.string(),
      seconds: z.number().nonnegative(),
      done: z.boolean(),
    }),
  ),
});
type State = z.infer<typeof stateSchema>;

/** @throws CliError `folder` where another demonstration, or something else, lies in the folder. */
export function openStages(folder: string, of: unknown, progress: DemoProgress): Stages {
  const path = join(folder, "demo.json");
  const state = readState(path, JSON.stringify(of));
  const numberOf = (name: StageName) => STAGES.indexOf(name) + 1;
  let goingOn: { name: StageName; began: number } | null = null;
  let expected: ReadonlyMap<StageName, number> | null = null;
  /** From the beginning of a stage on; those that are done take nothing. */
  const leftFrom = (name: StageName): number | null => {
    if (expected === null) return null;
    const held = expected;
    const isDone = (one: StageName) =>
      state.stages.some((stage) => stage.name === one && stage.done && one !== name);
    return STAGES.slice(STAGES.indexOf(name))
      .filter((one) => !isDone(one))
      .reduce((sum, one) => sum + (held.get(one) ?? 0), 0);
  };
  const stateOf = (name: StageName, title: string) => {
    const known = state.stages.find((stage) => stage.name === name);
    if (known !== undefined) return known;
    const added = { name, title, seconds: 0, done: false };
    state.stages.push(added);
    return added;
  };
  const timed = async <T>(name: StageName, title: string, work: () => Promise<T>): Promise<T> => {
    const stage = stateOf(name, title);
    const began = performance.now();
    goingOn = { name, began };
    progress.stage(numberOf(name), STAGES.length, title, leftFrom(name));
    try {
      const result = await work();
      stage.done = result !== null;
      return result;
    } finally {
      const seconds = (performance.now() - began) / 1000;
      stage.seconds += seconds;
      goingOn = null;
      writeFileWhole(path, `${JSON.stringify(state, null, 2)}\n`);
      progress.finish(seconds);
    }
  };
  return {
    isFresh: state.stages.length === 0,
    isDone: STAGES.every((name) => state.stages.some((one) => one.name === name && one.done)),
    expect(seconds) {
      expected = seconds;
    },
    async once(name, title, work) {
      if (stateOf(name, title).done) progress.skip(numberOf(name), STAGES.length, title);
      else await timed(name, title, work);
    },
    repeat: timed,
    times: () =>
      STAGES.flatMap((name) => state.stages.filter((stage) => stage.name === name)).map(
        ({ name, title, seconds }) => ({
          name,
          title,
          seconds:
            goingOn?.name === name ? seconds + (performance.now() - goingOn.began) / 1000 : seconds,
        }),
      ),
  };
}

function readState(path: string, of: string): State {
  if (!existsSync(path)) return { of, stages: [] };
  const state = parseState(path);
  if (state?.of === of) return state;
  throw new CliError(
    "folder",
    `${path}: expected a demonstration of this version, got ` +
      `${state === null ? "something else" : "one of another"}; ` +
      "give another --out, or remove the folder",
  );
}

function parseState(path: string): State | null {
  try {
    return readJson(stateSchema, readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof SchemaError) return null;
    throw error;
  }
}
