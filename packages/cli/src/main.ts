/**
 * The program that `./malleolus` starts. Everything below `runCommandLine` can be tested without a
 * process.
 */
import { runCommandLine } from "./command-line.ts";
import { endQuietlyOnClosedOutput } from "./output.ts";

endQuietlyOnClosedOutput(process.stdout);
endQuietlyOnClosedOutput(process.stderr);
process.exitCode = await runCommandLine(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  terminal: process.stderr.isTTY ? process.stderr : undefined,
});
