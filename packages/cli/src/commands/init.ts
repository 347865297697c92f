/** `malleolus init FOLDER`: a new study. */
import { basename, resolve } from "node:path";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { askNewPassphrase } from "../passphrase.ts";

interface InitArguments {
  readonly name?: string;
  readonly keyFile?: string;
  readonly database?: string;
  readonly json?: true;
}

export const initCommand: CommandFile = (output) =>
  new Command("init")
    .description("make a study: its configuration, protocol, database and key file")
    .argument("<folder>", "the study's folder; it may exist without a study in it")
    .option("--name <name>", "name of the study (default: the folder's)")
    .option("--key-file <file>", "identities behind the pseudonyms (default: beside the folder)")
    .option("--database <url>", "an empty PostgreSQL database (default: a file in the folder)")
    .option("--json", "the paths of the new files, as one JSON object")
    .addHelpText(
      "after",
      `
The key file holds the identities behind the study's pseudonyms, encrypted with a passphrase: that of the
variable MALLEOLUS_PASSPHRASE, else asked for. Without both, nobody can trace a radiograph to its patient.
The passphrase needs ten characters, and more than common words, rows of keys and years: four or five
unrelated words are good.

Then write the hospitals and the observers into malleolus.toml, and your hospitals' words into
protocol.toml. Unknown keys are refused.

Examples:
  ./malleolus init my-study
  MALLEOLUS_PASSPHRASE=… ./malleolus init my-study --name "Ankles 2016-2020" --json`,
    )
    .action(async (folder: string, given: InitArguments, command: Command) => {
      const { createStudy, passphraseWeakness } = await import("@malleolus/studies");
      const passphrase = await askNewPassphrase(output, command, passphraseWeakness);
      const name = given.name ?? basename(resolve(folder));
      const files = await createStudy({
        folder,
        name,
        passphrase,
        keyFile: given.keyFile,
        database: given.database,
      });
      if (given.json) output.write(`${JSON.stringify({ folder, name, files })}\n`);
      else output.write(files.map((file) => `${file}\n`).join(""));
    });
