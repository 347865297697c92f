/**
 * The command line: one table of commands, and what is the same for all of them.
 *
 * A new command is a file in `commands/` and a name in the table. One that needs tensors is named in
 * the launcher's TENSOR_COMMANDS too.
 */
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import type { CommandFile, ExitCode } from "./command-file.ts";
import { describeFailure } from "./failure.ts";
import type { Output } from "./output.ts";

/** Each is loaded when it is asked for; all of them for the help, and for a name that is none. */
const commands: Readonly<Record<string, () => Promise<CommandFile>>> = {
  demo: async () => (await import("./commands/demo.ts")).demoCommand,
  init: async () => (await import("./commands/init.ts")).initCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  screen: async () => (await import("./commands/screen.ts")).screenCommand,
  cases: async () => (await import("./commands/cases.ts")).casesCommand,
  flow: async () => (await import("./commands/flow.ts")).flowCommand,
  prelabel: async () => (await import("./commands/prelabel.ts")).prelabelCommand,
  select: async () => (await import("./commands/select.ts")).selectCommand,
  "audit-selection": async () =>
    (await import("./commands/audit-selection.ts")).auditSelectionCommand,
  assign: async () => (await import("./commands/assign.ts")).assignCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  phantom: async () => (await import("./commands/phantom.ts")).phantomCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  train: async () => (await import("./commands/train.ts")).trainCommand,
  runs: async () => (await import("./commands/runs.ts")).runsCommand,
  calibrate: async () => (await import("./commands/calibrate.ts")).calibrateCommand,
  fuse: async () => (await import("./commands/fuse.ts")).fuseCommand,
  bundle: async () => (await import("./commands/bundle.ts")).bundleCommand,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  report: async () => (await import("./commands/report.ts")).reportCommand,
  "sample-size": async () => (await import("./commands/sample-size.ts")).sampleSizeCommand,
  serve: async () => (await import("./commands/serve.ts")).serveCommand,
  jobs: async () => (await import("./commands/jobs.ts")).jobsCommand,
  worker: async () => (await import("./commands/worker.ts")).workerCommand,
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  "move-study": async () => (await import("./commands/move-study.ts")).moveStudyCommand,
  pack: async () => (await import("./commands/pack.ts")).packCommand,
  sbom: async () => (await import("./commands/sbom.ts")).sbomCommand,
  bench: async () => (await import("./commands/bench.ts")).benchCommand,
  test: async () => (await import("./commands/test.ts")).testCommand,
};

/** Runs one command; never throws. */
export async function runCommandLine(args: readonly string[], output: Output): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  try {
    const program = await createProgram(args, output, (code) => {
      exitCode = code;
    });
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has said what was wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.writeError(`malleolus: ${describeFailure(error)}\n`);
    return 1;
  }
}

async function createProgram(
  args: readonly string[],
  output: Output,
  finish: (code: ExitCode) => void,
): Promise<Command> {
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
  const own = Object.hasOwn(commands, args[0] ?? "") ? commands[args[0]] : null;
  const files = own === null ? Object.values(commands) : [own];
  for (const create of await Promise.all(files.map((load) => load()))) {
    const command = create(output, finish).copyInheritedSettings(program);
    for (const part of command.commands) part.copyInheritedSettings(command);
    program.addCommand(command);
  }
  return program;
}
