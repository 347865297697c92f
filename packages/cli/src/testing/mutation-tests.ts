/** `malleolus test mutation`: whether tests notice small faults, in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ExitCode } from "../command-file.ts";

const program = fileURLToPath(new URL("../../../../test/mutation/main.ts", import.meta.url));

/** Which faults are tried, and by which tests. */
export interface MutationOptions {
  readonly every?: number;
  readonly from?: number;
  readonly beside?: boolean;
  readonly log?: string;
}

/** Its exit code; what it prints goes on as it comes. */
export function runMutationTests(
  parts: readonly string[],
  { every = 1, from = 0, beside = false, log }: MutationOptions,
  write: (text: string) => void,
): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const args = [
      ...[program, ...parts, "--every", `${every}`, "--from", `${from}`],
      ...(beside ? ["--beside"] : []),
      ...(log === undefined ? [] : ["--log", log]),
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8").on("data", write);
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? 0 : code === 2 ? 2 : 1));
  });
}
