/** `malleolus jobs`: sends work to workers, and shows how far it is. */
import { basename } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { chooseDetector } from "../choose-detector.ts";
import type { CommandFile } from "../command-file.ts";
import { closing } from "../imports/import-options.ts";
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
import { namedTopics, topicTable } from "../worker/queue-topics.ts";

interface JobsArguments extends NetworkArguments {
  readonly analyze?: string;
  readonly prelabel?: true;
  readonly import?: readonly string[];
  readonly hospital?: string;
  readonly name?: string;
  readonly revive?: true;
  readonly discard?: string;
  readonly dead?: true;
  readonly sure?: true;
  readonly copyImages?: string;
  readonly who: string;
  readonly json?: true;
}

/** Dead jobs that are shown. */
const MOST_SHOWN = 10;

export const jobsCommand: CommandFile = (output) =>
  withNetworkOptions(new Command("jobs"))
    .description("send a study's work to workers, and show what they have done")
    .argument("<study>", "the study's folder")
    .option(
      "--analyze <path>",
      "a detector: a run, or its model.safetensors; looks at what is new to it",
    )
    .option(
      "--prelabel",
      "the preliminary networks, as malleolus prelabel takes them, propose outlines",
    )
    .option(
      "--import <paths...>",
      "radiographs to import, as import dicom does it; workers find them there",
    )
    .option("--hospital <id>", "where they come from; needed if the study has several")
    .option(
      "--name <text>",
      "the model's name in the study (default: that of its file or run; preliminary)",
    )
    .option("--revive", "lets jobs that failed too often be tried again")
    .addOption(
      new Option(
        "--discard <topic>",
        "takes a topic's jobs that wait out of the queue, when you have said yes",
      )
        .argParser(topicBeginning)
        .conflicts(["analyze", "prelabel", "import", "revive", "copyImages"]),
    )
    .option("--dead", "with --discard, takes out those that failed too often instead")
    .option("--sure", "with --discard, does not ask")
    .option("--copy-images <url>", "first copies the study's images into this S3-compatible bucket")
    .option("--who <name>", "recorded as the person who acts", userName())
    .option("--json", "the numbers of jobs, of all and by topic, as one JSON object")
    .addHelpText(
      "after",
      `
Radiographs are sent in jobs of 32 to 64. Jobs that were sent before are passed over, whether they wait or are done, so
that the same command goes on after an interruption and adds what was imported since. While 20,000 jobs of a kind wait, it waits,
too, and says so once. Jobs of several detectors may wait at once: each is done by workers that have its detector.

--import sends the paths of files, sealed with the key file, in jobs as large; a file is sent again when its size or its
time has changed. The key file's passphrase comes from MALLEOLUS_PASSPHRASE, else it is asked for.

Jobs are counted by topic: analyze or prelabel with the model's hash, and import/files. A topic's beginning is enough for
--discard, which takes no job from a worker that has it. What was discarded may be sent again. A jobs command that
waits for room sends it again at once: end that one first.

Examples:
  ./malleolus jobs my-study --analyze runs/ankle-1
  ./malleolus jobs my-study --prelabel --bundle models/ankle-1
  ./malleolus jobs my-study --import /archive/2024 /archive/2025
  ./malleolus jobs my-study                                      what waits, is worked on, is done, by topic
  ./malleolus jobs my-study --json
  ./malleolus jobs my-study --discard analyze/3f2a               jobs of a detector that nobody wants any more
  ./malleolus jobs my-study --discard import/files --dead --sure
  ./malleolus jobs my-study --copy-images https://s3.example/ankles`,
    )
    .action(async (folder: string, given: JobsArguments, command: Command) => {
      requirePrelabel(given, command);
      if (given.hospital !== undefined && given.import === undefined) {
        command.error("error: --hospital is of files to import: give --import, too");
      }
      const named = (["dead", "sure"] as const).find((name) => given[name]);
      if (named !== undefined && given.discard === undefined) {
        command.error(`error: --${named} is of jobs to discard: give --discard, too`);
      }
      const studies = await import("@malleolus/studies");
      const { fileSha256 } = await import("@malleolus/runs");
      const { bucketOf } = await import("../worker/bucket.ts");
      const signals = stopOnSignals(() => output.writeError("ending; the same command goes on\n"));
      await using opened = new AsyncDisposableStack();
      opened.defer(() => signals.dispose());
      const study = await studies.openStudy(folder);
      opened.defer(() => studies.closeStudy(study));
      await warnOfNetwork(study, output);
      const queue = await studies.openQueue(study);
      opened.defer(() => queue.close());
      const sending = {
        stop: signals.signal,
        onFull: () =>
          output.writeError(
            "as many jobs wait as may: the rest is sent as workers do them; Ctrl-C ends that, and the same command goes on\n",
          ),
      };
      if (given.copyImages !== undefined) {
        const to = studies.bucketImages(bucketOf(given.copyImages));
        const copied = await studies.copyImages(study, to, () => undefined);
        output.writeError(`${copied.written} images copied, ${copied.known} were there\n`);
      }
      if (given.import !== undefined) {
        const hospital = studies.findHospital(study, given.hospital);
        using keys = closing(await studies.openKeys(study, await askPassphrase(output, command)));
        const files = { paths: given.import, hospital, keys: keys.value };
        const sent = await studies.sendImports(queue, files, {
          ...sending,
          onTrouble: (trouble) => output.writeError(`malleolus: ${trouble}\n`),
        });
        output.writeError(`${sent.open} files sent in ${sent.jobs} jobs\n`);
      }
      if (given.analyze !== undefined) {
        const path = await chooseDetector(given.analyze, true, output);
        const sha256 = await fileSha256(path);
        const name = given.name ?? basename(given.analyze);
        const model = { sha256, name, version: sha256.slice(0, 8) };
        const sent = await studies.sendAnalyses(study, queue, model, given.who, sending);
        output.writeError(`${sent.open} radiographs sent in ${sent.jobs} jobs\n`);
      }
      if (given.prelabel) {
        const { preliminaryModel } = await import("../prelabel/prelabel-study.ts");
        const { openClassifier, openSegmenter } = await import("@malleolus/networks");
        const { segmentation, classification } = await networksOf(given);
        // Before anything is sent: a file of another network is refused by its own reader.
        openSegmenter(segmentation).close();
        if (classification !== null) openClassifier(classification).close();
        const name = given.name ?? PRELIMINARY;
        const model = await preliminaryModel(name, segmentation, classification);
        const sent = await studies.sendPrelabels(study, queue, model, given.who, sending);
        output.writeError(`${sent.open} radiographs sent to be prelabelled in ${sent.jobs} jobs\n`);
      }
      if (given.revive) output.writeError(`${await queue.revive()} jobs are tried again\n`);
      if (given.discard !== undefined) {
        const { discardJobs } = await import("../worker/discard-jobs.ts");
        const { discard: topic, dead = false, sure = false } = given;
        await discardJobs(study, queue, { topic, dead, sure }, output, command);
      }
      const topics = await namedTopics(study, await queue.topics());
      const counts = studies.sumOf(topics);
      const dead = await queue.dead(MOST_SHOWN);
      if (given.json) {
        const reasons = dead.map(({ reason }) => reason);
        output.write(`${JSON.stringify({ ...counts, reasons, topics })}\n`);
        return;
      }
      const { waiting, active, completed } = counts;
      output.write(`${waiting} jobs wait, ${active} are worked on, ${completed} are done\n`);
      if (topics.length > 0) output.write(topicTable(topics));
      if (dead.length === 0) return;
      output.write(
        `${counts.dead} failed too often; --revive tries them again, --discard TOPIC --dead takes them out:\n`,
      );
      for (const { reason } of dead) output.write(`  ${reason}\n`);
    });

/** Of a script's variable that is not set, nothing is left, and every topic begins with that. */
function topicBeginning(written: string): string {
  if (written.trim() !== "") return written;
  throw new InvalidArgumentError("expected a topic or its beginning, got nothing.");
}
