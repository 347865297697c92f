/** For tests: one training by several processes, each started with the same words. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Prepared } from "./test-runs.ts";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

export interface Together {
  /** Of the run in the prepared folder. */
  readonly name: string;
  readonly processes: number;
  /** What is done to one of them once the leader has written a step down. */
  readonly signal?: {
    readonly rank: number;
    readonly step: number;
    readonly name: NodeJS.Signals;
  };
}

/** How each process ended, by its rank. */
export async function trainTogether(
  { folder, recipe, tuningShare }: Prepared,
  { name, processes, signal }: Together,
): Promise<Ended[]> {
  const meeting = join(mkdtempSync(join(folder, "meeting-")), "file");
  const script = (rank: number) => `
    import { joinProcessGroup, setThreads } from "@malleolus/torch";
    import { holdOut, readTrainingSet, train } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
    setThreads(1);
    const folder = ${JSON.stringify(join(folder, "set"))};
    const recipe = ${JSON.stringify(recipe)};
    const share = ${JSON.stringify(tuningShare)};
    const all = await readTrainingSet(folder + "/train.json", folder);
    const { set, tuning } = share === null ? { set: all, tuning: null } : holdOut(all, share, recipe.seed);
    const stop = new AbortController();
    process.on("SIGTERM", () => stop.abort());
    const group = joinProcessGroup({
      rank: ${rank}, size: ${processes}, meeting: { file: ${JSON.stringify(meeting)} }, timeoutMs: 300_000,
    });
    try {
      await train({
        recipe, set, tuning, group, weights: null, directory: ${JSON.stringify(join(folder, name))},
        device: "cpu", workers: 0, stop: stop.signal,
        onEvent: (event) => console.log(JSON.stringify({ event: event.event, step: event.step })),
      });
    } catch (error) {
      console.error(error.code + ": " + error.message);
      process.exitCode = 1;
    } finally {
      group.leave();
    }`;
  const children = Array.from({ length: processes }, (_, rank) =>
    spawn(process.execPath, ["--input-type=module", "-e", script(rank)], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  const ended = children.map(async (child): Promise<Ended> => {
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
    });
    const [code, killedBy] = await once(child, "close");
    return { code, signal: killedBy, said };
  });
  for (const child of children.slice(1)) child.stdout.resume();
  for await (const line of createInterface(children[0].stdout)) {
    const { event, step } = JSON.parse(line);
    if (signal === undefined || event !== "step" || step !== signal.step) continue;
    children[signal.rank].kill(signal.name);
  }
  return Promise.all(ended);
}
