/** `malleolus demo`: the whole study, simulated, from two archives to a page of results. */
import type { AcceptanceThreshold } from "@malleolus/evaluation";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { stopOnSignals } from "../stop-signals.ts";

interface DemoArguments {
  readonly out: string;
  readonly json?: true;
}

export const demoCommand: CommandFile = (output, finish) =>
  new Command("demo")
    .description("see the whole study on simulated patients, in a quarter of an hour")
    .option("--out <folder>", "where everything goes", "demo")
    .option("--json", "paths and figures as one JSON object, in the end")
    .addHelpText(
      "after",
      `
Simulates two hospitals, imports and screens their archives, has them read and annotated by simulated
people (who mend what two small networks propose), trains a small Mask R-CNN on them (from the detector that comes with the project, which has seen
other simulated patients), tests it on unseen patients of both hospitals, and writes report.html and
report.json. It needs no data, about 20 minutes on two cores, and a gigabyte of disk. It first estimates the
time on this machine. Everything in it is simulated and says so.

An interrupted demonstration goes on when it is started again. It reports "not reached", with exit code 1,
if the internal test misses one of five thresholds: accuracy over four classes, sensitivity for a fracture,
AUC, box IoU, and boxes on sound radiographs.

Examples:
  ./malleolus demo
  ./malleolus demo --out /tmp/demo --json | jq .thresholds`,
    )
    .action(async ({ out, json }: DemoArguments) => {
      const { demoProgress } = await import("../demo/demo-progress.ts");
      const { demoPlan } = await import("../demo/plan.ts");
      const { runDemo } = await import("../demo/run-demo.ts");
      const { demoRecipe } = await import("@malleolus/runs");
      const { readInitialWeights } = await import("@malleolus/training");
      const { shippedDetector, shippedPreliminary } = await import("@malleolus/networks");
      const shipped = shippedDetector();
      const progress = demoProgress(output);
      const signals = stopOnSignals(() =>
        progress.say("ending at the next safe point; the same command goes on"),
      );
      try {
        const result = await runDemo({
          folder: out,
          plan: demoPlan,
          recipe: demoRecipe,
          weights: shipped === null ? null : readInitialWeights(shipped),
          preliminary: shippedPreliminary(),
          progress,
          stop: signals.signal,
        });
        progress.end();
        if (result === null) return finish(1);
        const { reportPath, jsonPath, passed, thresholds, commands } = result;
        if (!passed) finish(1);
        if (json) {
          output.write(
            `${JSON.stringify({ report: reportPath, json: jsonPath, passed, thresholds })}\n`,
          );
          return;
        }
        const { thresholdReached } = await import("@malleolus/evaluation");
        for (const threshold of thresholds) {
          output.writeError(describeThreshold(threshold, thresholdReached(threshold)));
        }
        output.write(`${reportPath}\n`);
        output.writeError("\nNext, try:\n");
        for (const { command, effect } of commands) {
          output.writeError(`  ${command}\n      ${effect}\n`);
        }
      } finally {
        progress.end();
        signals.dispose();
      }
    });

/** `Accuracy over four classes: 0.78 (0.62 to 0.88), at least 0.75, interval above 0.55: reached` */
function describeThreshold(threshold: AcceptanceThreshold, reached: boolean): string {
  const { name, value, interval, direction, limit, intervalLimit } = threshold;
  const figure = value === null ? "none" : value.toFixed(3);
  const range = interval === null ? "" : ` (${interval.map((end) => end.toFixed(3)).join(" to ")})`;
  const side = direction === "at least" ? "above" : "below";
  const state = reached ? "reached" : "NOT REACHED";
  return `${name}: ${figure}${range}, ${direction} ${limit}, interval ${side} ${intervalLimit}: ${state}\n`;
}
