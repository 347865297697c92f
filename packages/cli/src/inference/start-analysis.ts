/** Starts the process that analyses for a server. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { EngineName } from "../engine/engine.ts";
import type { AnalysisOptions } from "./analysis-options.ts";

const PROCESS = fileURLToPath(new URL("./analysis-process.ts", import.meta.url));

export function startAnalysis(options: AnalysisOptions): ChildProcess {
  return openIn(beginAnalysis(options.engine, options.stepsAside), options);
}

/**
 * A process that loads what any detector of an engine needs, before it is known which one it is: its server loads its own
 * meanwhile. `openIn` names the detector; without it, the process ends with its channel.
 */
export function beginAnalysis(engine: EngineName, stepsAside: boolean): ChildProcess {
  return fork(PROCESS, [engine, ...(stepsAside ? ["aside"] : [])], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // It needs no secret of its server's.
    env: { ...process.env, MALLEOLUS_PASSPHRASE: "" },
  });
}

export function openIn(begun: ChildProcess, options: AnalysisOptions): ChildProcess {
  // One that is gone says so by its end.
  begun.send(options, () => undefined);
  return begun;
}
