/** `malleolus serve --inference`: the inference service, its keys, and the process that analyses for it. */
import type { ChildProcess } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import type { Command } from "commander";
import type { EngineName } from "../engine/engine.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { stopOnSignals } from "../stop-signals.ts";
import type { AnalysisOptions } from "./analysis-options.ts";
import { beginAnalysis, openIn, startAnalysis } from "./start-analysis.ts";

export interface InferenceArguments {
  readonly host?: string;
  readonly port: number;
  readonly behindProxy?: true;
  readonly log?: string;
  readonly json?: true;
  readonly newKey?: string;
  readonly scope?: readonly string[];
  readonly person?: string;
  readonly addModel?: string;
  readonly figures?: string;
  readonly checkpoint?: string;
  readonly engine: EngineName;
  readonly dtype?: "float32" | "bfloat16";
  readonly threads?: number;
  readonly threshold?: number;
  readonly prevalence?: number;
  readonly errorRate?: number;
  readonly anyPart?: true;
}

export async function serveInference(
  folder: string,
  given: InferenceArguments,
  tls: { readonly certificate: string; readonly key: string } | undefined,
  output: Output,
  command: Command,
): Promise<void> {
  if (given.newKey !== undefined) {
    if (!existsSync(folder)) {
      throw new CliError(
        "folder",
        `${folder}: expected an inbox, got nothing; start the service once, which makes it`,
      );
    }
    const { addApiKey, SCOPES } = await import("@malleolus/server/inference");
    const key = addApiKey(folder, given.newKey, given.scope ?? SCOPES, given.person);
    output.write(given.json ? `${JSON.stringify({ key })}\n` : `${key}\n`);
    output.writeError("it is shown once: keep it where the program that uses it finds it\n");
    return;
  }
  if (given.addModel !== undefined) {
    if (given.figures === undefined || given.checkpoint === undefined) {
      throw new CliError(
        "folder",
        "--add-model: expected --checkpoint and --figures beside it; the figures are what evaluate --json printed",
      );
    }
    const { chooseDetector } = await import("../choose-detector.ts");
    const path = await chooseDetector(given.checkpoint, given.json === true, output);
    const { addModel } = await import("@malleolus/server/inference");
    const sha256 = await addModel(folder, {
      path,
      name: given.addModel,
      figuresPath: given.figures,
    });
    output.write(given.json ? `${JSON.stringify({ sha256 })}\n` : `${sha256}\n`);
    output.writeError(
      "it is used once two people approved it by keys of theirs (--new-key with --person), and one takes it\n",
    );
    return;
  }
  const { engine, dtype, threads, threshold = null, prevalence = null, errorRate = null } = given;
  // The first is begun before all else is loaded: it takes longer than that.
  let begun: ChildProcess | null = beginAnalysis(engine, false);
  begun.on("error", () => undefined);
  const stopped = Promise.withResolvers<void>();
  const signals = stopOnSignals(() => {
    output.writeError("stopping; what is being analysed is finished, what waits goes on later\n");
    stopped.resolve();
  });
  const log = given.log === undefined ? undefined : createWriteStream(given.log, { flags: "a" });
  try {
    const { chooseDetector } = await import("../choose-detector.ts");
    const detector = await chooseDetector(given.checkpoint, given.json === true, output);
    const options: AnalysisOptions = {
      detector,
      engine,
      ...(dtype === undefined ? {} : { dtype }),
      // All its processes compute in one dtype, also after a restart, where the addon's folder is read alone: by another
      // an analysis that is repeated would make other objects. The second begins when the first has measured.
      measurements: folder,
      threshold,
      prevalence,
      errorRate,
      anyPart: given.anyPart === true,
      stepsAside: false,
    };
    const passphrase = await passphraseOf(folder, output, command);
    const { startInference } = await import("@malleolus/server/inference");
    const service = await startInference({
      folder,
      passphrase,
      startAnalysis: (registered, share) => {
        const own = {
          ...options,
          detector: registered ?? detector,
          threads: threads ?? wantedThreads() ?? share,
        };
        const first = begun;
        begun = null;
        const isThere = first?.connected === true && first.exitCode === null;
        return isThere ? openIn(first, own) : startAnalysis(own);
      },
      host: given.host,
      port: given.port,
      tls,
      behindProxy: given.behindProxy,
      log,
    });
    const { address, dimsePort } = service;
    if (given.json) output.write(`${JSON.stringify({ address, dimsePort })}\n`);
    else {
      output.write(`${address}\n`);
      const dimse = dimsePort === null ? "" : `; DIMSE on port ${dimsePort}`;
      output.writeError(
        `inference service${dimse}; research use only, not a medical device; Ctrl-C stops it\n`,
      );
    }
    await stopped.promise;
    await service.stop();
  } finally {
    // Told of no detector yet, it is at nothing, and hears nothing while it loads.
    begun?.kill("SIGKILL");
    signals.dispose();
    log?.end();
  }
}

/** Those that somebody has named for all of OpenMP's programs. */
function wantedThreads(): number | undefined {
  const wanted = Number.parseInt(process.env.OMP_NUM_THREADS ?? "", 10);
  return wanted >= 1 ? wanted : undefined;
}

/** A new one is asked for twice: without it the inbox cannot be opened again. */
async function passphraseOf(folder: string, output: Output, command: Command): Promise<string> {
  const { askNewPassphrase, askPassphrase } = await import("../passphrase.ts");
  if (existsSync(`${folder}/inbox.keys`)) return askPassphrase(output, command);
  const { passphraseWeakness } = await import("@malleolus/studies/without-database");
  return askNewPassphrase(output, command, passphraseWeakness);
}
