/** `malleolus test`: every check and every test of the project, or those of one part. */
import { Command, InvalidArgumentError } from "commander";
import type { CommandFile } from "../command-file.ts";
import { type MutationOptions, runMutationTests } from "../testing/mutation-tests.ts";
import { runProjectTests } from "../testing/project-tests.ts";
import { wholeNumber } from "../whole-number.ts";

interface TestOptions extends MutationOptions {
  name?: RegExp;
  json?: true;
}

const OF_MUTATION = ["every", "from", "log", "beside"] as const;

export const testCommand: CommandFile = (output, finish) =>
  new Command("test")
    .description("run the project's checks and tests, or those of some parts")
    .argument("[part...]", "checks, a package's name, or a part of a test file's path; or mutation")
    .option(
      "--name <pattern>",
      "only tests whose name matches (a regular expression)",
      parsePattern,
    )
    .option("--json", "print the counts as one JSON object instead of the closing line")
    .option("--every <number>", "with mutation, try only every so-manieth fault", wholeNumber(1))
    .option(
      "--from <number>",
      "with mutation, begin with this fault; 0 is the first",
      wholeNumber(0),
    )
    .option("--log <file>", "with mutation, keep what was tried there, and do not try it again")
    .option("--beside", "with mutation, by the tests in the files' own folders alone")
    .addHelpText(
      "after",
      `
Examples:
  ./malleolus test                        everything
  ./malleolus test torch                  one package
  ./malleolus test checks architecture    style, types, unused code; the import rules
  ./malleolus test torch --name roiAlign
  ./malleolus test mutation geometry      whether its tests notice small faults; takes long
  ./malleolus test mutation evaluation/src/roc --every 5
  ./malleolus test mutation evaluation --every 89 --from 30 --log tried.log`,
    )
    .action(async (parts: string[], options: TestOptions, command: Command) => {
      if (parts[0] === "mutation") {
        finish(await runMutationTests(parts.slice(1), options, output.write));
        return;
      }
      const without = OF_MUTATION.find((name) => options[name] !== undefined);
      if (without !== undefined) {
        command.error(
          `error: --${without} belongs to mutation; leave it out, or write: test mutation PART`,
        );
      }
      const counts = await runProjectTests(
        { parts, namePattern: options.name },
        options.json ? output.writeError : output.write,
      );
      if (counts === "no such part") {
        command.error(`error: no package or test file is called ${parts.join(" or ")}`);
      } else {
        const { passed, failed, skipped } = counts;
        output.write(
          options.json
            ? `${JSON.stringify(counts)}\n`
            : `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
        );
        finish(failed === 0 && passed + skipped > 0 ? 0 : 1);
      }
    });

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
