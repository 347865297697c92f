/** `malleolus worker`: does jobs of studies, beside others that do the same. */
import type { JobQueue, Study, StudyWork } from "@malleolus/studies";
import { Command, Option } from "commander";
import { chooseDetector } from "../choose-detector.ts";
import type { CommandFile } from "../command-file.ts";
import { ENGINES, type EngineName } from "../engine/engine.ts";
import { closing } from "../imports/import-options.ts";
import type { Output } from "../output.ts";
import { askPassphrase } from "../passphrase.ts";
import {
  type NetworkArguments,
  networksOf,
  PRELIMINARY,
  requirePrelabel,
  withNetworkOptions,
} from "../prelabel/preliminary-networks.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { userName } from "../user-name.ts";
import { warnOfNetwork } from "../warn-of-network.ts";
import { wholeNumber } from "../whole-number.ts";
import type { WorkOnImages } from "../worker/work-on-images.ts";

interface WorkerArguments extends NetworkArguments {
  readonly prelabel?: true;
  readonly import?: true;
  readonly names?: true;
  readonly checkpoint?: string;
  readonly engine: EngineName;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly quota?: number;
  readonly bucket?: string;
  readonly who: string;
  readonly untilEmpty?: true;
  readonly json?: true;
}

export const workerCommand: CommandFile = (output) =>
  withNetworkOptions(new Command("worker"))
    .description("do the jobs that malleolus jobs has sent, beside other workers")
    .argument("<studies...>", "the studies' folders; their jobs are taken in turn")
    .option("--checkpoint <path>", "a detector: a run, or its model.safetensors")
    .addOption(
      new Option(
        "--prelabel",
        "outline radiographs by the preliminary networks, as malleolus prelabel takes them",
      ).conflicts(["checkpoint", "import"]),
    )
    .addOption(new Option("--import", "import radiographs").conflicts(["checkpoint", "bucket"]))
    .option(
      "--names",
      "with --import, says which files are refused, or cannot be read, and why: paths may name patients",
    )
    .addOption(new Option("--engine <name>", "what runs it").choices(ENGINES).default("libtorch"))
    .addOption(
      new Option("--dtype <name>", "of LibTorch's convolutions (default: the faster one)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option(
      "--threads <number>",
      "threads per operator, or with --import files at a time (default: all cores)",
      wholeNumber(1),
    )
    .option(
      "--quota <number>",
      "jobs of a study that may be worked on at once, over all workers",
      wholeNumber(1),
    )
    .option("--bucket <url>", "read images from this S3-compatible bucket (default: the folders)")
    .option("--who <name>", "recorded with what is found", userName())
    .option("--until-empty", "end when nothing is left to do that it does")
    .option("--json", "what happens to each job, as one JSON object a line")
    .addHelpText(
      "after",
      `
As many workers as there are cores or cards, on one machine or, where the study's database is PostgreSQL, on
many. Each takes the jobs that were sent for its detector or its networks, with --import those of files, and leaves
the others to other workers. A worker that is killed, or silent for ten seconds, has lost its job: another takes it, and what the
first one brings later is refused. Ctrl-C ends a worker after the job that it has.

With --bucket, keys are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The studies' folders are then needed
for malleolus.toml alone.

With --import it needs the study's key file, the files under the paths that were sent, and the study's folder to write to;
the passphrase comes from MALLEOLUS_PASSPHRASE, else it is asked for. Jobs are recorded one after the other.

Examples:
  ./malleolus worker my-study --checkpoint runs/ankle-1      after: ./malleolus jobs my-study --analyze runs/ankle-1
  ./malleolus worker my-study --prelabel --bundle models/ankle-1 --threads 1
  ./malleolus worker my-study --import
  ./malleolus worker study-a study-b --quota 4 --threads 1 --bucket https://s3.example/ankles`,
    )
    .action(async (folders: string[], given: WorkerArguments, command: Command) => {
      requirePrelabel(given, command);
      const studies = await import("@malleolus/studies");
      const { quota } = given;
      const signals = stopOnSignals(() => output.writeError("ending after the job in hand\n"));
      const counts = { completed: 0, lost: 0, failed: 0, images: 0 };
      await using opened = new AsyncDisposableStack();
      opened.defer(() => signals.dispose());
      const onImage = () => {
        counts.images++;
      };
      const onFailure = (reason: string) => output.writeError(`${reason}\n`);
      const workOn = await kindOfWork({ given, command, output, opened, onImage, onFailure });
      const work = [];
      for (const folder of folders) {
        const study = await studies.openStudy(folder);
        opened.defer(() => studies.closeStudy(study));
        await warnOfNetwork(study, output);
        const queue = await studies.openQueue(study, { quota });
        opened.defer(() => queue.close());
        work.push(await workOn(study, queue));
      }
      await studies.work(work, {
        stop: signals.signal,
        untilEmpty: given.untilEmpty === true,
        onEvent(event) {
          if ("job" in event) counts[event.event]++;
          if (given.json) {
            const { key, attempt } = "job" in event ? event.job : { key: null, attempt: null };
            output.write(`${JSON.stringify({ ...event, job: undefined, key, attempt })}\n`);
          } else if ("reason" in event) {
            output.writeError(`${event.event}: ${event.reason}\n`);
          } else if (event.event === "left") {
            output.writeError(`${event.jobs} jobs wait for workers that do other work than this\n`);
          }
        },
      });
      if (!given.json) {
        output.write(
          `${counts.completed} jobs done with ${counts.images} radiographs, ${counts.failed} given back, ` +
            `${counts.lost} lost\n`,
        );
      }
    });

interface Kind extends Pick<WorkOnImages, "onImage" | "onFailure"> {
  readonly given: WorkerArguments;
  readonly command: Command;
  readonly output: Output;
  /** Of what is opened for it. */
  readonly opened: AsyncDisposableStack;
}

/** What this worker does, of a study: it is a detector's, the preliminary networks', or imports. */
async function kindOfWork(
  kind: Kind,
): Promise<(study: Study, queue: JobQueue) => Promise<StudyWork>> {
  if (kind.given.import) return importing(kind);
  return kind.given.prelabel ? prelabelling(kind) : analyzing(kind);
}

async function analyzing({ given, output, opened, ...told }: Kind) {
  const { fileSha256 } = await import("@malleolus/runs");
  const { analyzeJobs, startAnalysis } = await import("../worker/analyze-jobs.ts");
  const path = await chooseDetector(given.checkpoint, given.json === true, output);
  const modelSha256 = await fileSha256(path);
  const { engine, dtype, threads, who } = given;
  const detector = startAnalysis({ engine, path, dtype, threads });
  opened.defer(() => detector.close());
  const imagesFor = await imageSource(given);
  return async (study: Study, queue: JobQueue) =>
    analyzeJobs({ study, queue, images: imagesFor(study), who, ...told }, modelSha256, detector);
}

async function prelabelling({ given, opened, ...told }: Kind) {
  const { prelabelJobs, startPrelabelling } = await import("../worker/prelabel-jobs.ts");
  const { preliminaryModel } = await import("../prelabel/prelabel-study.ts");
  const { segmentation, classification } = await networksOf(given);
  const model = await preliminaryModel(PRELIMINARY, segmentation, classification);
  const { threads, who } = given;
  const networks = startPrelabelling({ segmentation, classification, threads });
  opened.defer(() => networks.close());
  const imagesFor = await imageSource(given);
  return async (study: Study, queue: JobQueue) =>
    prelabelJobs({ study, queue, images: imagesFor(study), who, ...told }, model, networks);
}

async function importing({ given, command, output, opened, onImage, onFailure }: Kind) {
  const { importJobs, openKeys, startFileWorkers } = await import("@malleolus/studies");
  const passphrase = await askPassphrase(output, command);
  const workers = opened.use(startFileWorkers(given.threads));
  return async (study: Study, queue: JobQueue) => {
    const keys = opened.use(closing(await openKeys(study, passphrase))).value;
    return importJobs({
      ...{ study, queue, keys, workers, who: given.who },
      onFile(file, { key }) {
        onImage();
        if (file.outcome !== "refused") return;
        onFailure(
          given.names
            ? `malleolus: ${file.reason}`
            : `malleolus: a file of job ${key} is refused (${file.code}); worker --names says which and why`,
        );
      },
      onTrouble(reason) {
        if (given.names) onFailure(`malleolus: ${reason}`);
      },
    });
  };
}

async function imageSource({ bucket }: WorkerArguments) {
  const { bucketImages, folderImages } = await import("@malleolus/studies");
  const { bucketOf } = await import("../worker/bucket.ts");
  const shared = bucket === undefined ? null : bucketImages(bucketOf(bucket));
  return (study: Study) => shared ?? folderImages(study.images);
}
