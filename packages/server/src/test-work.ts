/** Ends all that works in a study's folders, as a machine that goes off: nobody can write anything down. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runProcess } from "@malleolus/runs";
import { z } from "zod";

const jobSchema = z.object({ process: z.object({ pid: z.number() }).nullable() });

/** Gives back how many there were. */
export function killWork(study: string): number {
  let killed = 0;
  for (const kind of ["runs", "jobs"]) {
    const folder = join(study, kind);
    for (const id of existsSync(folder) ? readdirSync(folder) : []) {
      killed += kill(-shellOf(join(folder, id))) + kill(runProcess(join(folder, id)) ?? 0);
    }
  }
  return killed;
}

/** 0 where nobody started it from here. */
function shellOf(path: string): number {
  const job = join(path, "job", "job.json");
  if (!existsSync(job)) return 0;
  return jobSchema.parse(JSON.parse(readFileSync(job, "utf8"))).process?.pid ?? 0;
}

function kill(pid: number): number {
  if (pid === 0) return 0;
  try {
    process.kill(pid, "SIGKILL");
    return 1;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return 0;
    throw error;
  }
}
