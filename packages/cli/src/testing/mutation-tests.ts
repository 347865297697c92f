/** `malleolus test mutation`: whether tests notice small faults, in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ExitCode } from "../command-file.ts";

const program = fileURLToPath(new URL("../../../../test/mutation/main.ts", import.meta.url));

/** Its exit code; what it prints goes on as it comes. */
export function runMutationTests(
  parts: readonly string[],
  everyNth: number,
  beside: boolean,
  write: (text: string) => void,
): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const args = [program, ...parts, "--every", `${everyNth}`, ...(beside ? ["--beside"] : [])];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8").on("data", write);
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? 0 : code === 2 ? 2 : 1));
  });
}
