/** `malleolus worker`: looks at radiographs of studies, beside others that do the same. */
import { Command, Option } from "commander";
import { chooseDetector } from "../choose-detector.ts";
import type { CommandFile } from "../command-file.ts";
import { ENGINES, type EngineName } from "../engine/engine.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { userName } from "../user-name.ts";
import { wholeNumber } from "../whole-number.ts";

interface WorkerArguments {
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
  new Command("worker")
    .description("look at the radiographs that malleolus jobs has sent, beside other workers")
    .argument("<studies...>", "the studies' folders; their jobs are taken in turn")
    .option("--checkpoint <path>", "a detector: a run, or its model.safetensors")
    .addOption(new Option("--engine <name>", "what runs it").choices(ENGINES).default("libtorch"))
    .addOption(
      new Option("--dtype <name>", "of LibTorch's convolutions (default: the faster one)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option("--threads <number>", "threads per operator (default: all cores)", wholeNumber(1))
    .option(
      "--quota <number>",
      "jobs of a study that may be worked on at once, over all workers",
      wholeNumber(1),
    )
    .option("--bucket <url>", "read images from this S3-compatible bucket (default: the folders)")
    .option("--who <name>", "recorded with what is found", userName())
    .option("--until-empty", "end when nothing is left to do")
    .option("--json", "what happens to each job, as one JSON object a line")
    .addHelpText(
      "after",
      `
As many workers as there are cores or cards, on one machine or, where the study's database is PostgreSQL, on
many. A worker that is killed, or silent for ten seconds, has lost its job: another takes it, and what the
first one brings later is refused. Ctrl-C ends a worker after the job that it has.

With --bucket, keys are read from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. The studies' folders are then needed
for malleolus.toml alone.

Examples:
  ./malleolus worker my-study --checkpoint runs/ankle-1      after: ./malleolus jobs my-study --analyze runs/ankle-1
  ./malleolus worker study-a study-b --quota 4 --threads 1 --bucket https://s3.example/ankles`,
    )
    .action(async (folders: string[], given: WorkerArguments) => {
      const studies = await import("@malleolus/studies");
      const { fileSha256 } = await import("@malleolus/runs");
      const { analyzeJobs, startAnalysis } = await import("../worker/analyze-jobs.ts");
      const { bucketOf } = await import("../worker/bucket.ts");
      const path = await chooseDetector(given.checkpoint, given.json === true, output);
      const modelSha256 = await fileSha256(path);
      const { engine, dtype, threads, quota, bucket, who } = given;
      const bucketImages = bucket === undefined ? null : studies.bucketImages(bucketOf(bucket));
      const signals = stopOnSignals(() => output.writeError("ending after the job in hand\n"));
      const counts = { completed: 0, lost: 0, failed: 0, images: 0 };
      await using opened = new AsyncDisposableStack();
      opened.defer(() => signals.dispose());
      const detector = startAnalysis({ engine, path, dtype, threads });
      opened.defer(() => detector.close());
      const work = [];
      for (const folder of folders) {
        const study = await studies.openStudy(folder);
        opened.defer(() => studies.closeStudy(study));
        const queue = await studies.openQueue(study, { quota });
        opened.defer(() => queue.close());
        const images = bucketImages ?? studies.folderImages(study.images);
        const onImage = () => {
          counts.images++;
        };
        work.push(analyzeJobs({ study, queue, images, modelSha256, detector, who, onImage }));
      }
      await studies.work(work, {
        stop: signals.signal,
        untilEmpty: given.untilEmpty === true,
        onEvent(event) {
          if (event.event !== "unreachable") counts[event.event]++;
          if (given.json) {
            const { key, attempt } = "job" in event ? event.job : { key: null, attempt: null };
            output.write(`${JSON.stringify({ ...event, job: undefined, key, attempt })}\n`);
          } else if ("reason" in event) {
            output.writeError(`${event.event}: ${event.reason}\n`);
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
