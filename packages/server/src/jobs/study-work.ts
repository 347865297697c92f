/**
 * All that works for a study in processes of their own: trainings in `runs/`, other jobs in `jobs/`. Who asks a network
 * works alone, since a machine's processor, or its graphics card, is busy with one; who chooses by what is there already
 * is done in a moment, and waits for none of these.
 */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { runIdSchema } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { ServerError } from "../errors.ts";
import { hasWork, isAtWork, jobOf } from "./work-folder.ts";

export interface StudyWork {
  readonly canStart: boolean;
  readonly runs: string;
  readonly jobs: string;
  /** The words that start the command line. @throws ServerError `state` where this server cannot start any. */
  program(): readonly string[];
  /** @throws ServerError `state` while another works that this one would have to share with. */
  requireIdle(command: string): void;
}

const QUICK: readonly string[] = ["select"];

/** `program` is null where this server cannot start any. */
export function openStudyWork(study: Study, program: readonly string[] | null): StudyWork {
  const [runs, jobs] = ["runs", "jobs"].map((name) => join(resolve(study.folder), name));
  return {
    canStart: program !== null,
    runs,
    jobs,
    program() {
      if (program !== null) return program;
      throw new ServerError("state", "This server starts no jobs. A terminal does.");
    },
    requireIdle(command) {
      const isQuick = QUICK.includes(command);
      const busy = [runs, jobs]
        .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
        .find((path) => QUICK.includes(commandOf(path)) === isQuick && isAtWork(path));
      if (busy === undefined) return;
      const name = busy.slice(busy.lastIndexOf("/") + 1);
      throw new ServerError("state", `${name} is at work. Stop it, or wait until it has ended.`);
    },
  };
}

/** Folders that may be named in an address. */
export function namesIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => runIdSchema.safeParse(name).success);
}

/** The command that works there: a training where a terminal started it. */
function commandOf(path: string): string {
  if (!hasWork(path)) return "train";
  try {
    return jobOf(path)?.args[0] ?? "train";
  } catch {
    // What cannot be read cannot be told from a training.
    return "train";
  }
}
