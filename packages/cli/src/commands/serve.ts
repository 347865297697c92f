/** `malleolus serve`: the reading room of a study, in the browser; with `--inference`, the inference service. */
import { createWriteStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { ENGINES } from "../engine/engine.ts";
import type { AnalysisOptions } from "../inference/analysis-options.ts";
import type { InferenceArguments } from "../inference/serve-inference.ts";
import { startAnalysis } from "../inference/start-analysis.ts";
import { innerShare, share } from "../share.ts";
import { stopOnSignals } from "../stop-signals.ts";
import { warnOfNetwork } from "../warn-of-network.ts";
import { wholeNumber } from "../whole-number.ts";

interface ServeArguments extends Omit<InferenceArguments, "port"> {
  readonly port?: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly signOn?: string;
  readonly detector?: string;
  readonly inference?: true;
}

const READING_PORT = 8400;
const INFERENCE_PORT = 8410;
/** What starts this command line once more: trainings that are started in the browser outlive the server. */
const PROGRAM = [
  process.execPath,
  ...process.execArgv,
  fileURLToPath(new URL("../main.ts", import.meta.url)),
];
/** What the application's build writes. */
const WEB_FOLDER = fileURLToPath(new URL("../../../web/dist", import.meta.url));

export const serveCommand: CommandFile = (output) =>
  new Command("serve")
    .description("open a study's reading room: read and follow it in the browser")
    .argument("[folder]", "the study's folder; with --inference, the inbox's", ".")
    .option("--host <name>", "the name or address to listen on (default: this machine only)")
    .option(
      "--port <number>",
      `the port to listen on; 0 for any (default: ${READING_PORT}, or ${INFERENCE_PORT} with --inference)`,
      wholeNumber(0),
    )
    .option("--tls-cert <file>", "certificate, PEM")
    .option("--tls-key <file>", "its key, PEM")
    .option("--behind-proxy", "a proxy on this machine has TLS and hands requests over")
    .option("--sign-on <file>", "TOML: the institution's OpenID Connect provider")
    .option(
      "--detector <path>",
      "what analyses single radiographs, here and in browsers: a run's folder or a model.safetensors (the project's own)",
    )
    .option("--log <file>", "append a line of JSON for each request to this file")
    .option("--json", "print address and link as one JSON object")
    .option("--inference", "serve programs instead of readers: radiographs in, findings out")
    .option("--new-key <name>", "with --inference: make a program's key, print it and end")
    .option("--scope <scopes...>", "of the new key (default: all)")
    .option(
      "--any-part",
      "with --inference: look at what is no ankle, too; an ankle's view is still held against its header",
    )
    .option("--person <name>", "whose the new key is; without one it approves no model")
    .option("--add-model <name>", "with --inference: register --checkpoint, print its hash and end")
    .option("--figures <file>", "of the model to add: what evaluate --json printed")
    .option(
      "--checkpoint <path>",
      "with --inference: the detector, as predict takes it (the project's own)",
    )
    .addOption(
      new Option(
        "--engine <name>",
        "with --inference: what runs the network; by onnx neither part nor view is checked",
      )
        .choices(ENGINES)
        .default("libtorch"),
    )
    .addOption(
      new Option("--dtype <type>", "with --inference: precision (the faster here)").choices([
        "float32",
        "bfloat16",
      ]),
    )
    .option(
      "--threads <number>",
      "with --inference: threads of each process that analyses (OMP_NUM_THREADS, else its share of the cores)",
      wholeNumber(1),
    )
    .option("--threshold <score>", "with --inference: lowest score of a finding", share)
    .option("--prevalence <share>", "with --inference: share of patients with a fracture", share)
    .option(
      "--error-rate <share>",
      "with --inference: name all classes that cannot be excluded at this rate",
      innerShare,
    )
    .addHelpText(
      "after",
      `
The first start prints a link that works once: it makes the first account, an administrator, who invites
everybody else. People who read stand under [[observers]] in malleolus.toml. Only this machine is let in
unless --host says otherwise, and then TLS or a proxy is needed. Ctrl-C stops it; what was saved is on the
disk. docs/serve.md has accounts, the institution's sign-on, TLS and backups. At /analyse.html a radiograph is analysed in the browser
and never leaves it.

With --inference programs send radiographs (by HTTP with keys of their own, by DIMSE where service.toml in the
folder says so), and fetch findings and DICOM objects, or have them sent to an archive. What comes is sealed by
the passphrase of MALLEOLUS_PASSPHRASE, else it is asked for, and is deleted when a result is confirmed, after
seven days at the latest. /v1/openapi.json describes the API, docs/hospital.md the rest.
Research use only: not a medical device.

Examples:
  ./malleolus serve my-study
  ./malleolus serve my-study --host 0.0.0.0 --tls-cert room.pem --tls-key room.key
  ./malleolus serve inbox --inference
  ./malleolus serve inbox --inference --new-key modality --scope images:write`,
    )
    .action(async (folder: string, given: ServeArguments, command: Command) => {
      const tls = tlsOf(given, command);
      if (given.inference) {
        const { serveInference } = await import("../inference/serve-inference.ts");
        const port = given.port ?? INFERENCE_PORT;
        return serveInference(folder, { ...given, port }, tls, output, command);
      }
      const { startServer } = await import("@malleolus/server");
      const { closeStudy, openStudy, readSignOn } = await import("@malleolus/studies");
      const signOn = given.signOn === undefined ? undefined : readSignOn(given.signOn);
      const { readDetectorModel, requireDetector } = await import(
        "../model-export/detector-model.ts"
      );
      const detector = requireDetector(given.detector);
      const study = await openStudy(folder);
      await warnOfNetwork(study, output);
      const stopped = Promise.withResolvers<void>();
      const signals = stopOnSignals(() => {
        output.writeError("stopping; what was saved is on the disk\n");
        stopped.resolve();
      });
      try {
        const { host, port = READING_PORT, behindProxy } = given;
        const log =
          given.log === undefined ? undefined : createWriteStream(given.log, { flags: "a" });
        const server = await startServer({
          study,
          webFolder: WEB_FOLDER,
          host,
          port,
          tls,
          behindProxy,
          signOn,
          readDetector: () => readDetectorModel(detector),
          program: PROGRAM,
          ...(detector === null
            ? {}
            : { startAnalysis: () => startAnalysis(analysisBy(detector)) }),
          log,
        });
        const { address, setupLink } = server;
        if (given.json) {
          output.write(`${JSON.stringify({ address, setupLink })}\n`);
        } else {
          output.write(`${setupLink ?? address}\n`);
          output.writeError(
            setupLink === null
              ? `${study.configuration.name}: open the address above; Ctrl-C stops it\n`
              : `${study.configuration.name}: open the link above once, to make the first account; Ctrl-C stops it\n`,
          );
        }
        await stopped.promise;
        await server.stop();
        log?.end();
      } finally {
        signals.dispose();
        await closeStudy(study);
      }
    });

/** As the detector decides by itself. By ONNX Runtime: the reading room runs where LibTorch is not. */
function analysisBy(detector: string): AnalysisOptions {
  const asItDecides = { threshold: null, errorRate: null, prevalence: null };
  return { detector, engine: "onnx", ...asItDecides, anyPart: true, stepsAside: true };
}

/** One without the other is wrong usage. */
function tlsOf({ tlsCert, tlsKey }: ServeArguments, command: Command) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { certificate: tlsCert, key: tlsKey };
  }
  return command.error(
    `error: expected --tls-cert and --tls-key together, got ${tlsCert ?? tlsKey} alone`,
  );
}
