/** `malleolus bench`: one benchmark against its peer, in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Argument, Command } from "commander";
import type { CommandFile, ExitCode } from "../command-file.ts";
import { wholeNumber } from "../whole-number.ts";

const program = fileURLToPath(new URL("../../../../bench/main.ts", import.meta.url));

export const benchCommand: CommandFile = (output, finish) =>
  new Command("bench")
    .description("measure our speed beside PyTorch's or torchvision's, interleaved in one run")
    .addArgument(
      new Argument("<name>", "what is measured").choices([
        "operators",
        "convolution",
        "depthwise",
        "training-step",
        "detection",
        "onnx",
        "onnx-browser",
        "precision",
        "phantom",
        "import",
        "worklist",
        "evaluation",
        "server",
        "inference",
        "archive",
        "prelabel",
        "reader",
      ]),
    )
    .option("--runs <number>", "counted runs of each side", wholeNumber(1))
    .option("--alone", "measure our side only, without a peer")
    .option("--json", "print one JSON object on the last line instead of a table")
    .addHelpText(
      "after",
      `
The peer is the Python whose PyTorch is the LibTorch that the addon was built against (Debian's has
python3-torch and python3-torchvision), or the one that MALLEOLUS_PEER_PYTHON names. One with another
LibTorch is refused, and without one nothing is measured unless --alone says so. A ratio above 1 says
that we are faster. Measure on a machine that does nothing else.

Examples:
  ./malleolus bench operators
  ./malleolus bench training-step --runs 11 --json`,
    )
    .action(async (name: string, options: { runs?: number; alone?: true; json?: true }) => {
      const args = [program, name];
      if (options.runs !== undefined) args.push("--runs", String(options.runs));
      if (options.alone) args.push("--alone");
      if (options.json) args.push("--json");
      finish(await run(args, output.write));
    });

/** Its exit code; what it prints goes on as it comes. */
function run(args: readonly string[], write: (text: string) => void): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.setEncoding("utf8").on("data", write);
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0 ? 0 : code === 2 ? 2 : 1));
  });
}
