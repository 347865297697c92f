/** `malleolus serve --inference`: the inference service, its keys, and the process that analyses for it. */
import type { ChildProcess } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import type { Command } from "commander";
import { chooseDetector } from "../choose-detector.ts";
import type { EngineName } from "../engine/engine.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { askNewPassphrase, askPassphrase } from "../passphrase.ts";
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
  const detector = await chooseDetector(given.checkpoint, given.json === true, output);
  const { engine, dtype, threads, threshold = null, prevalence = null, errorRate = null } = given;
  const options: AnalysisOptions = {
    detector,
    engine,
    ...(dtype === undefined ? {} : { dtype }),
    ...(threads === undefined ? {} : { threads }),
    threshold,
    prevalence,
    errorRate,
    anyPart: given.anyPart === true,
    stepsAside: false,
  };
  const stopped = Promise.withResolvers<void>();
  const signals = stopOnSignals(() => {
    output.writeError("stopping; what is being analysed is finished, what waits goes on later\n");
    stopped.resolve();
  });
  const log = given.log === undefined ? undefined : createWriteStream(given.log, { flags: "a" });
  // The first is begun before the service is loaded: both are done sooner.
  let begun: ChildProcess | null = beginAnalysis(engine, options.stepsAside);
  begun.on("error", () => undefined);
  try {
    const passphrase = await passphraseOf(folder, output, command);
    const { startInference } = await import("@malleolus/server/inference");
    const service = await startInference({
      folder,
      passphrase,
      startAnalysis: (registered) => {
        const own = { ...options, detector: registered ?? detector };
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
    if (begun?.connected) begun.disconnect();
    signals.dispose();
    log?.end();
  }
}

/** A new one is asked for twice: without it the inbox cannot be opened again. */
async function passphraseOf(folder: string, output: Output, command: Command): Promise<string> {
  if (existsSync(`${folder}/inbox.keys`)) return askPassphrase(output, command);
  const { passphraseWeakness } = await import("@malleolus/studies");
  return askNewPassphrase(output, command, passphraseWeakness);
}
