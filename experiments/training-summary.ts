/**
 * What is kept of a long training, since its weights are not: its recipe, its curve and what its
 * detector reached. Started by hand:
 *
 *     node experiments/training-summary.ts RUN EVALUATION.json > experiments/fracatlas.json
 *
 * RUN is a run's folder; the evaluation is what `malleolus evaluate --json` printed of it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEvents } from "@malleolus/runs";
import { machine } from "../bench/report.ts";

const LOSSES_OVER_STEPS = 100;

const [run, evaluationPath] = process.argv.slice(2);
if (run === undefined || evaluationPath === undefined) {
  console.error("usage: node experiments/training-summary.ts RUN EVALUATION.json");
  process.exit(2);
}

const events = readEvents(join(run, "events.jsonl"));
const {
  detector: _,
  annotations: __,
  ...evaluation
} = JSON.parse(readFileSync(evaluationPath, "utf8"));
const steps = events.filter((event) => event.event === "step");
const start = events.find((event) => event.event === "start");
const losses = [];
for (let i = 0; i < steps.length; i += LOSSES_OVER_STEPS) {
  const some = steps.slice(i, i + LOSSES_OVER_STEPS);
  const mean = some.reduce((sum, { loss }) => sum + loss, 0) / some.length;
  losses.push({ step: some[some.length - 1].step, loss: Number(mean.toFixed(4)) });
}
const summary = {
  machine: machine(start?.threads ?? 0),
  libtorch: start?.libtorch,
  recipe: JSON.parse(readFileSync(join(run, "recipe.json"), "utf8")),
  minutes: {
    steps: minutes(steps.map(({ seconds }) => seconds)),
    validations: minutes(
      events.flatMap((event) => (event.event === "validation" ? [event.seconds] : [])),
    ),
  },
  losses,
  validations: events.flatMap((event) =>
    event.event === "validation" ? [{ step: event.step, ...event.measures }] : [],
  ),
  evaluation,
};
console.log(JSON.stringify(summary, null, 1));

function minutes(seconds: readonly number[]): number {
  return Number((seconds.reduce((sum, part) => sum + part, 0) / 60).toFixed(1));
}
