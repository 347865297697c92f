/** `malleolus prelabel`: what the preliminary networks propose for a study's radiographs. */
import { writeFileWhole } from "@malleolus/host";
import type { ProposalsCoco } from "@malleolus/studies";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { jobOption, openJob } from "../job-folder.ts";
import {
  type NetworkArguments,
  networksOf,
  PRELIMINARY,
  withNetworkOptions,
} from "../prelabel/preliminary-networks.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { userName } from "../user-name.ts";
import { wholeNumber } from "../whole-number.ts";

interface PrelabelArguments extends NetworkArguments {
  readonly name: string;
  readonly who: string;
  readonly workers: number;
  readonly threads?: number;
  readonly coco?: string;
  readonly job?: string;
  readonly json?: true;
}

const SHIPPED =
  "by the networks that come with the project, which have seen simulated ankles alone; name your own with " +
  "--bundle or --segmentation\n";

export const prelabelCommand: CommandFile = (output) =>
  withNetworkOptions(new Command("prelabel"))
    .description("outline a study's radiographs and say their class, for annotators to mend")
    .argument("<study>", "the study's folder")
    .option("--name <text>", "the model's name in the study", PRELIMINARY)
    .option("--coco <file>", "also writes what is proposed as COCO annotations, for other tools")
    .option("--who <name>", "recorded as the person who acts", userName())
    .option(
      "--workers <number>",
      "threads that read radiographs, and as many that outline",
      wholeNumber(1),
      2,
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .addOption(jobOption())
    .option("--json", "what was stored, as one JSON object")
    .addHelpText(
      "after",
      `
Every radiograph of the study gets a proposal: tibia, fibula and fracture as polygons, the fracture as an open
line as well, and the probability of each class. An annotator accepts, mends or rejects it; readers never see
it. A radiograph that shows no lower leg gets no outline. Radiographs that these networks have looked at are
passed over, so the same command goes on after an interruption.

Without --bundle and --segmentation the networks that come with the project look, which have seen simulated
ankles and nothing else: what they propose on real radiographs means nothing.

Probabilities are calibrated by malleolus calibrate; until then they are as sure as training made them. Where
bones and a fracture are outlined and the file has millimetres, the class by the fracture's height is kept, too.

--coco writes the proposals of all radiographs whose annotators may see them, of earlier calls too; what comes
back is read by malleolus import annotations --as proposals.

Examples:
  ./malleolus prelabel my-study
  ./malleolus prelabel my-study --bundle models/ankle-1 --coco proposals.json
  ./malleolus prelabel my-study --segmentation runs/segmentation --classification runs/classification`,
    )
    .action(async (folder: string, given: PrelabelArguments) => {
      const studies = await import("@malleolus/studies");
      const { setThreads } = await import("@malleolus/torch");
      const { cocoText } = await import("@malleolus/data");
      const { prelabelStudy } = await import("../prelabel/prelabel-study.ts");
      const job = openJob(given.job);
      if (given.threads !== undefined) setThreads(given.threads);
      const networks = await networksOf(given);
      if (networks.isShipped && !given.json) output.writeError(SHIPPED);
      const study = await studies.openStudy(folder);
      const progress = countProgress(output, "radiographs");
      const signals = stopOnSignals(() => progress.say("ending; the same command goes on"));
      try {
        const { model, ...counts } = await prelabelStudy({
          study,
          segmentation: networks.segmentation,
          classification: networks.classification,
          name: given.name,
          who: given.who,
          workers: given.workers,
          stop: signals.signal,
          onRadiograph(done, total) {
            progress.show(done, total);
            job.progress(done, total);
          },
          onFailure: (reason) => progress.say(reason),
          onUncalibrated() {
            if (!given.json) progress.say("the classifier is not calibrated: malleolus calibrate");
          },
        });
        progress.end();
        if (given.coco !== undefined) {
          const proposals = await studies.proposalsCoco(study, model.sha256);
          writeFileWhole(given.coco, cocoText(proposals.dataset));
          if (!given.json) output.writeError(describeProposals(given.coco, proposals));
        }
        const said =
          `${counts.stored} radiographs prelabelled: ${counts.outlined} outlined, ` +
          `${counts.noLowerLeg} without a lower leg, ${counts.failed} that cannot be read\n`;
        const reason = signals.signal.aborted ? "stopped" : "done";
        job.end({ reason, said, report: null });
        output.write(given.json ? `${JSON.stringify({ model: model.sha256, ...counts })}\n` : said);
      } finally {
        job.close();
        progress.end();
        signals.dispose();
        await studies.closeStudy(study);
      }
    });

function describeProposals(
  path: string,
  { dataset, unassisted, withoutShape }: ProposalsCoco,
): string {
  return (
    `${path}: ${dataset.images.length} radiographs, ${withoutShape} of them without an outline; ` +
    `${unassisted} left out, whose cases are drawn without proposals\n`
  );
}
