/**
 * What a second process does for a training on this machine: the same recipe and the same global batch by one process
 * with one thread, by one with a thread a core, and by as many processes as cores with one thread each, in turn. The
 * machine must be quiet.
 *
 * node experiments/training-processes.ts train.json radiographs/ [STEPS 12] [ROUNDS 2]      some minutes
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The first ones fill caches and threads. */
const WARM_UP = 3;

/** Seconds of each step behind the first few. */
async function secondsOf(args: readonly string[]): Promise<number[]> {
  const main = join(import.meta.dirname, "../packages/cli/src/main.ts");
  const child = spawn(process.execPath, [main, "train", ...args, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const seconds: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    const event = JSON.parse(line);
    if (event.event === "step" && event.step > WARM_UP) seconds.push(event.seconds);
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`expected a training that ends, got exit code ${code}`);
  return seconds;
}

const [coco, images, steps = "12", rounds = "2"] = process.argv.slice(2);
if (coco === undefined || images === undefined) {
  throw new Error("expected a COCO file and a folder of radiographs");
}
const cores = availableParallelism();
const scratch = mkdtempSync(join(tmpdir(), "malleolus-processes-"));
try {
  for (let round = 0; round < Number(rounds); round++) {
    for (const [processes, threads] of [
      [1, 1],
      [1, cores],
      [cores, 1],
    ] as const) {
      const out = join(scratch, `${round}-${processes}-${threads}`);
      const shared = ["--coco", coco, "--images", images, "--out", out, "--steps", steps];
      const split = ["--threads", String(threads), "--processes", String(processes)];
      const fixed = ["--seed", "1", "--dtype", "float32", "--workers", "1"];
      const seconds = (await secondsOf([...shared, ...split, ...fixed])).toSorted((a, b) => a - b);
      const row = {
        ...{ processes, threads, steps: seconds.length },
        secondsAStep: { median: seconds[Math.floor(seconds.length / 2)], least: seconds[0] },
        load: loadavg()[0],
      };
      process.stdout.write(`${JSON.stringify(row)}\n`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
