/**
 * The command line: one table of commands, and what is the same for all of them.
 *
 * A new command is a file in `commands/` and a name in the table. One that needs tensors is named in
 * the launcher's TENSOR_COMMANDS too.
 */
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import type { CommandFile, ExitCode } from "./command-file.ts";
import { assignCommand } from "./commands/assign.ts";
import { auditSelectionCommand } from "./commands/audit-selection.ts";
import { backupCommand } from "./commands/backup.ts";
import { benchCommand } from "./commands/bench.ts";
import { bundleCommand } from "./commands/bundle.ts";
import { calibrateCommand } from "./commands/calibrate.ts";
import { casesCommand } from "./commands/cases.ts";
import { demoCommand } from "./commands/demo.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { flowCommand } from "./commands/flow.ts";
import { importCommand } from "./commands/import.ts";
import { initCommand } from "./commands/init.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { jobsCommand } from "./commands/jobs.ts";
import { moveStudyCommand } from "./commands/move-study.ts";
import { packCommand } from "./commands/pack.ts";
import { phantomCommand } from "./commands/phantom.ts";
import { predictCommand } from "./commands/predict.ts";
import { prelabelCommand } from "./commands/prelabel.ts";
import { reportCommand } from "./commands/report.ts";
import { runsCommand } from "./commands/runs.ts";
import { sampleSizeCommand } from "./commands/sample-size.ts";
import { screenCommand } from "./commands/screen.ts";
import { selectCommand } from "./commands/select.ts";
import { serveCommand } from "./commands/serve.ts";
import { testCommand } from "./commands/test.ts";
import { trainCommand } from "./commands/train.ts";
import { workerCommand } from "./commands/worker.ts";
import { describeFailure } from "./failure.ts";
import type { Output } from "./output.ts";

const commands: readonly CommandFile[] = [
  demoCommand,
  initCommand,
  importCommand,
  screenCommand,
  casesCommand,
  flowCommand,
  prelabelCommand,
  selectCommand,
  auditSelectionCommand,
  assignCommand,
  exportCommand,
  phantomCommand,
  inspectCommand,
  trainCommand,
  runsCommand,
  calibrateCommand,
  bundleCommand,
  evaluateCommand,
  predictCommand,
  reportCommand,
  sampleSizeCommand,
  serveCommand,
  jobsCommand,
  workerCommand,
  backupCommand,
  moveStudyCommand,
  packCommand,
  benchCommand,
  testCommand,
];

/** Runs one command; never throws. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = createProgram(output, (code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has said what was wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.writeError(`malleolus: ${describeFailure(error)}\n`);
    return 1;
  }
}

function createProgram(output: Output, finish: (code: ExitCode) => void): Command {
  const program = new Command("malleolus")
    .description("Fracture research on ankle radiographs. Research software, not a medical device.")
    .version(manifest.version)
    .configureOutput({
      writeOut: output.write,
      writeErr: output.writeError,
      outputError: (text, write) => write(text.replace(/^error: /, "malleolus: ")),
    })
    .exitOverride()
    .showHelpAfterError("(--help explains the command)")
    .addHelpText(
      "after",
      `
--yes, anywhere, lets apt-get install what the machine lacks.
Exit codes: 0 done, 1 failed, 2 wrong usage.`,
    );
  for (const create of commands) {
    const command = create(output, finish).copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
    program.addCommand(command);
  }
  return program;
}
