/** Starts the process that analyses for a server. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AnalysisOptions } from "./analysis-options.ts";

const PROCESS = fileURLToPath(new URL("./analysis-process.ts", import.meta.url));

export function startAnalysis(options: AnalysisOptions): ChildProcess {
  return fork(PROCESS, [JSON.stringify(options)], {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // It needs no secret of its server's.
    env: { ...process.env, MALLEOLUS_PASSPHRASE: "" },
  });
}
