/** `malleolus demo`: the whole study, simulated, from two archives to a page of results. */
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
people, trains a small Mask R-CNN from scratch, tries it on patients of both hospitals whom it has not
seen, and writes report.html and report.json. It needs no data, about 15 minutes on two cores with
AMX, and a gigabyte of disk. Everything in it is simulated and says so.

An interrupted demonstration goes on when it is started again. It fails, with exit code 1, where the
network does not reach an AUC of 0.85 for fracture against none and a median box IoU of 0.5.

Examples:
  ./malleolus demo
  ./malleolus demo --out /tmp/demo --json | jq .floors`,
    )
    .action(async ({ out, json }: DemoArguments) => {
      const { demoProgress } = await import("../demo/demo-progress.ts");
      const { demoPlan } = await import("../demo/plan.ts");
      const { runDemo } = await import("../demo/run-demo.ts");
      const { demoRecipe } = await import("@malleolus/training");
      const progress = demoProgress(output);
      const signals = stopOnSignals(() =>
        progress.say("ending at the next safe point; the same command goes on"),
      );
      try {
        const result = await runDemo({
          folder: out,
          plan: demoPlan,
          recipe: demoRecipe,
          weights: null,
          progress,
          stop: signals.signal,
        });
        progress.end();
        if (result === null) return finish(1);
        const { reportPath, jsonPath, passed, floors, commands } = result;
        if (!passed) finish(1);
        if (json) {
          output.write(
            `${JSON.stringify({ report: reportPath, json: jsonPath, passed, floors })}\n`,
          );
          return;
        }
        for (const { name, value, atLeast } of floors) {
          const reached = value !== null && value >= atLeast;
          output.writeError(
            `${name}: ${value?.toFixed(2) ?? "none"} (${reached ? "reached" : "FAILED:"} at least ${atLeast})\n`,
          );
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
