/**
 * Does choosing radiographs by a model help, and do proposals? Both audits on a simulated study, from nothing to their
 * answers: that of `malleolus audit-selection`, and that of assistance, which a report has of every study whose
 * annotators were offered proposals. Started by hand; what is done is not done again, and trainings that were cut go
 * on:
 *
 *     node experiments/selection-audit.ts OUT
 *
 * The study is the demonstration's as far as its annotations, with every patient of its first hospital for
 * training and tuning, since no test is asked. What is compared stands in the `plan.json` of the demonstration's
 * `selection-audit/`, the small recipe beside it; the answers lie in OUT/audit/audit.json and OUT/assistance.json, and
 * those of the run that is told of lie there, too: the demonstration's page shows the first.
 *
 * Every training begins with the trunk of the detector that comes with the project (backbone, pyramid, proposals),
 * whose backbone stays as it is; what tells classes apart and outlines is learned from the chosen radiographs
 * alone. On one core the study takes half an hour, most of which are simulated radiographs, and the thirty
 * trainings take three quarters of one.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DemoPlan,
  demoPlan,
  demoProgress,
  openStages,
  simulatedOutlines,
  simulatedStudy,
  stopOnSignals,
} from "@malleolus/cli/demo";
import { auditAssistance } from "@malleolus/evaluation";
import { shippedDetector, shippedPreliminary } from "@malleolus/networks";
import { PHANTOM_VERSION } from "@malleolus/phantom";
import { auditedAnnotations, closeStudy } from "@malleolus/studies";
import { readSafetensors, scope, writeSafetensors } from "@malleolus/torch";

const [out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node experiments/selection-audit.ts OUT");
  process.exit(2);
}

const plan: DemoPlan = {
  ...demoPlan,
  seed: "three",
  // A study has two hospitals; of the second nothing is asked.
  external: { perClass: 1, excluded: 0 },
  splits: {
    ...demoPlan.splits,
    training: { fracture: 360, noFracture: 130 },
    internalTestPatientsPerClass: 0,
    internalTestReservePerClass: 0,
    externalTestPatients: 0,
  },
};

await makeStudy(out);
const trunk = join(out, "trunk.safetensors");
if (!existsSync(trunk)) writeTrunk(trunk);
const cli = join(import.meta.dirname, "..", "packages", "cli", "src");
const here = join(cli, "demo", "selection-audit");
const main = join(cli, "main.ts");
const of = ["--study", join(out, "study"), "--weights", trunk, "--out", join(out, "audit")];
const args = [main, "audit-selection", join(here, "plan.json"), ...of, "--who", "demo"];
const { status } = spawnSync(process.execPath, [...args, "--threads", "1"], { stdio: "inherit" });
process.exit(status ?? 1);

async function makeStudy(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const progress = demoProgress({
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
  });
  const signals = stopOnSignals(() => progress.say("ending; the same command goes on"));
  const stages = openStages(folder, { phantomVersion: PHANTOM_VERSION, plan }, progress);
  const preliminary = shippedPreliminary();
  const { signal: stop } = signals;
  const made = await simulatedStudy({ folder, plan, preliminary, stages, progress, stop });
  progress.end();
  signals.dispose();
  if (made === null) process.exit(1);
  const { study, known } = made;
  const { annotations, agreements } = await auditedAnnotations(study, simulatedOutlines(known));
  await closeStudy(study);
  const assistance = auditAssistance(annotations, agreements, { seed: 1, resamples: 2000 });
  writeFileSync(join(folder, "assistance.json"), `${JSON.stringify(assistance, null, 2)}\n`);
}

/** The detector without what knows classes and outlines, and without the word that it is a whole one. */
function writeTrunk(path: string): void {
  const shipped = shippedDetector();
  if (shipped === null) {
    throw new Error(
      "selection-audit: expected the detector that comes with the project, got none; check it out",
    );
  }
  scope(() => {
    const { tensors } = readSafetensors(shipped);
    const kept = [...tensors].filter(([name]) => /^(backbone|proposal_generator)\./.test(name));
    writeSafetensors(path, new Map(kept));
  });
}
