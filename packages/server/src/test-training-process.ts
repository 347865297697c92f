/**
 * A process that leaves in a run's folder what a training leaves there, and in a job's what a job does, by the same
 * functions, and does nothing else: tests start and stop it in place of one that needs LibTorch. A training with the
 * seed 13 fails as one would.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  namedRecipe,
  openEvents,
  openJobRecord,
  openRunDirectory,
  parseRecipe,
  quickRecipe,
} from "@malleolus/runs";

const STEP_MS = 30;
const { values, positionals } = parseArgs({
  options: {
    recipe: { type: "string", default: "quick" },
    coco: { type: "string" },
    images: { type: "string" },
    study: { type: "string" },
    strategy: { type: "string" },
    count: { type: "string" },
    title: { type: "string" },
    who: { type: "string" },
    segmentation: { type: "string" },
    classification: { type: "string" },
    checkpoint: { type: "string" },
    job: { type: "string" },
    out: { type: "string", default: "" },
    steps: { type: "string", default: "600" },
    seed: { type: "string", default: "1" },
  },
  allowPositionals: true,
});
let stopped = false;
process.on("SIGINT", () => {
  // As train: asked again, it ends at once and says nothing more.
  if (stopped) process.exit(130);
  stopped = true;
});

if (values.seed === "13") {
  process.stderr.write("reading radiographs\nmalleolus: out of memory; take a smaller batch\n");
  process.exit(1);
}
if (values.job === undefined) await train();
else await work(values.job);

/** A hundred radiographs. */
async function work(folder: string): Promise<void> {
  const of = 100;
  const record = openJobRecord(folder);
  for (let done = 1; !stopped && done <= of; done++) {
    await wait(STEP_MS);
    record.progress(done, of);
  }
  const said = `${positionals[0]}: all is said`;
  const report = positionals[0] === "report" ? "abc123" : null;
  record.end(
    stopped ? { reason: "stopped", said: "", report: null } : { reason: "done", said, report },
  );
  record.close();
}

async function train(): Promise<void> {
  const steps = Number(values.steps);
  const named = namedRecipe(values.recipe) ?? quickRecipe;
  const model = { ...named.model, classes: ["fracture"] };
  const recipe = parseRecipe({ ...named, steps, model }, "the test's recipe");
  const run = openRunDirectory(values.out, recipe);
  const events = openEvents(run.eventsPath, 0);
  const time = () => new Date().toISOString();
  let step = 0;
  while (!stopped && step < steps) {
    await wait(STEP_MS);
    step += 1;
    events.append({
      event: "step",
      step,
      loss: 1 / step,
      losses: {},
      learningRate: 0.1,
      gradientNorm: 1,
      seconds: STEP_MS / 1000,
      imagesPerSecond: 20,
      waitedMs: 0,
      time: time(),
    });
  }
  // A step that is under way.
  if (stopped) await wait(20 * STEP_MS);
  events.append({ event: "end", time: time(), step, reason: stopped ? "stopped" : "done" });
  events.close();
  run.close();
}
