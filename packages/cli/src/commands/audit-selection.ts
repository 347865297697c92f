/** `malleolus audit-selection`: whether choosing radiographs by a model helps, by a plan that was fixed before. */
import { dirname, join, resolve } from "node:path";
import { writeFileWhole } from "@malleolus/host";
import { namedRecipe, readRecipeFile } from "@malleolus/runs";
import type { RecipeOf, SelectionAudit, SelectionAuditPlan } from "@malleolus/schema";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { CliError } from "../errors.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { userName } from "../user-name.ts";
import { wholeNumber } from "../whole-number.ts";

interface AuditSelectionArguments {
  readonly study: string;
  readonly out: string;
  readonly weights?: string;
  readonly model?: string;
  readonly who: string;
  readonly threads?: number;
  readonly json?: true;
}

export const auditSelectionCommand: CommandFile = (output) =>
  new Command("audit-selection")
    .description("compare detectors trained on chosen and on random radiographs, by a fixed plan")
    .argument("<plan>", "a JSON file: what is compared, fixed before the first training")
    .requiredOption("--study <folder>", "the study, annotated and prelabelled")
    .requiredOption("--out <folder>", "a folder for every training, and audit.json")
    .option("--weights <file>", "that every training begins with (none)")
    .option(
      "--model <hash>",
      "whose scores choose, by the beginning; else the one that proposed last",
    )
    .option("--who <name>", "recorded as the one who did it", userName())
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option("--json", "the audit as one JSON object")
    .addHelpText(
      "after",
      `
Growing sets are chosen from the study's annotated training radiographs by two strategies, with the same
seeds, and a detector is trained on each. All are measured on the tuning patients: the mean area under the
curve of each class by patient, and the Dice of the surest finding with the annotated fracture. What counts is
the area under each learning curve, and the difference between the strategies with a 95 % band over patients.

The plan is copied to --out; an audit that was interrupted goes on, and one with another plan is refused.
Plan:
  {"format": "malleolus-selection-audit-1", "fixedAt": "2026-01-31T09:00:00Z",
   "strategy": "hard", "control": "random", "sizes": [100, 200, 400], "seeds": [1, 2, 3, 4, 5],
   "outcomes": ["macro AUC", "fracture Dice"], "recipe": "demo",
   "bootstrap": {"seed": 1, "resamples": 2000}}

recipe is a name that train knows, or a recipe's file beside the plan.

Example:
  ./malleolus audit-selection plan.json --study my-study --weights resnet50.safetensors --out audits/hard`,
    )
    .action(async (planPath: string, given: AuditSelectionArguments) => {
      const { auditSets, closeStudy, cocoExport, openStudy } = await import("@malleolus/studies");
      const { readInitialWeights, readTrainingSet } = await import("@malleolus/training");
      const { auditSelection } = await import("@malleolus/evaluation");
      const { cocoText } = await import("@malleolus/data");
      const { findDetector } = await import("@malleolus/runs");
      const { openDetector } = await import("@malleolus/networks");
      const { setThreads } = await import("@malleolus/torch");
      const { patientsOf } = await import("../patients/patient-radiographs.ts");
      const folders = await import("../selection-audit/audit-folder.ts");
      const { measureDetector } = await import("../selection-audit/measure-detector.ts");
      const { trainSet } = await import("../selection-audit/train-set.ts");
      const { describeAudit } = await import("../selection-audit/audit-text.ts");
      if (given.threads !== undefined) setThreads(given.threads);
      const { plan, sha256 } = folders.fixPlan(planPath, given.out, new Date());
      const recipe = await recipeOf(plan, planPath);
      const weights = given.weights === undefined ? null : readInitialWeights(given.weights);
      const study = await openStudy(given.study);
      const progress = countProgress(output, "steps");
      const signals = stopOnSignals(() => progress.say("ending; the same command goes on"));
      try {
        const { sets } = await auditSets(study, {
          strategies: [plan.strategy, plan.control],
          sizes: plan.sizes,
          seeds: plan.seeds,
          model: given.model,
          who: given.who,
        });
        const training = join(given.out, "training.json");
        writeFileWhole(training, cocoText((await cocoExport(study, "training")).dataset));
        const pool = await readTrainingSet(training, study.images);
        const { dataset } = await cocoExport(study, "tuning");
        const patients = patientsOf(dataset, "the tuning patients");
        const { classes, noFractureClass } = study.protocol;
        const runs: Parameters<typeof auditSelection>[2][number][] = [];
        for (const [done, chosen] of sets.entries()) {
          const name = folders.nameOf(chosen);
          const known = folders.readMeasured(given.out, name);
          if (known !== null) {
            runs.push(known);
            continue;
          }
          progress.say(`training ${done + 1} of ${sets.length}: ${name}`);
          const directory = join(given.out, "trainings", name);
          const { reason } = await trainSet({
            chosen,
            pool,
            recipe,
            weights,
            directory,
            stop: signals.signal,
            onStep: (step, steps) => progress.show(step, steps),
          });
          if (reason === "stopped") {
            progress.end();
            output.writeError(
              `stopped in training ${done + 1} of ${sets.length}; the same command goes on\n`,
            );
            return;
          }
          const detector = openDetector(findDetector(directory).path);
          try {
            const measured = await measureDetector({
              detector,
              patients,
              folder: study.images,
              classes: classes.map(({ id }) => id),
              noFractureClass,
              onImage: () => undefined,
            });
            const { strategy, size, seed } = chosen;
            const run = { strategy, size, seed, patients: measured };
            folders.writeMeasured(given.out, run);
            runs.push(run);
          } finally {
            detector.close();
          }
        }
        progress.end();
        const audit: SelectionAudit = auditSelection(plan, sha256, runs);
        writeFileWhole(join(given.out, "audit.json"), `${JSON.stringify(audit, null, 2)}\n`);
        output.write(given.json ? `${JSON.stringify(audit)}\n` : describeAudit(audit, plan));
      } finally {
        progress.end();
        signals.dispose();
        await closeStudy(study);
      }
    });

/** @throws CliError `train` for a recipe that trains no detector: it alone gives both outcomes. */
async function recipeOf(
  { recipe: name }: SelectionAuditPlan,
  planPath: string,
): Promise<RecipeOf<"mask-rcnn">> {
  const recipe = namedRecipe(name) ?? (await readRecipeFile(resolve(dirname(planPath), name)));
  const { model } = recipe;
  if (model.kind === "mask-rcnn") return { ...recipe, model };
  throw new CliError(
    "train",
    `${planPath}: expected a recipe of detection, which finds classes and outlines, got "${name}" of kind ` +
      `"${model.kind}"; name another in recipe`,
  );
}
