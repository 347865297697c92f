/**
 * A process that leaves in a run's folder what a training leaves there, by the same functions, and learns nothing:
 * tests start and stop it in place of one that needs LibTorch. With the seed 13 it fails as a training would.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  namedRecipe,
  openEvents,
  openRunDirectory,
  parseRecipe,
  quickRecipe,
} from "@malleolus/runs";

const STEP_MS = 30;
const { values } = parseArgs({
  options: {
    recipe: { type: "string", default: "quick" },
    coco: { type: "string" },
    images: { type: "string" },
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
