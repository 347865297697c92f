/** `malleolus move-study`: a study's database into another, from a file to PostgreSQL or back. */
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";

interface MoveStudyArguments {
  readonly to: string;
  readonly json?: true;
}

export const moveStudyCommand: CommandFile = (output) =>
  new Command("move-study")
    .description("carry a study's database into PostgreSQL, or back into a file")
    .argument("<study>", "the study's folder")
    .requiredOption(
      "--to <database>",
      "postgres://… of an empty database, or the path of a new file",
    )
    .option("--json", "what was moved, as one JSON object")
    .addHelpText(
      "after",
      `
Every row goes over in one transaction. Of each table a hash over its rows is taken here and there; where one
differs, nothing is moved. Then malleolus.toml names the new database. The old one stays as it was: delete it
when you have a backup of the new one. Radiographs stay in their folder.

Stop the study's server and workers first: they go on with the old database until they are started again.

A password is best left out of the URL, since malleolus.toml keeps it: PGPASSWORD and ~/.pgpass are read.

Examples:
  createdb ankles && ./malleolus move-study my-study --to postgres://me@db.example/ankles
  ./malleolus move-study my-study --to postgres:///ankles?host=/run/postgresql
  ./malleolus move-study my-study --to my-study/study-2.sqlite`,
    )
    .action(async (folder: string, given: MoveStudyArguments) => {
      const { closeStudy, moveStudy, openStudy } = await import("@malleolus/studies");
      const study = await openStudy(folder);
      try {
        const moved = await moveStudy(study, given.to);
        if (given.json) {
          output.write(`${JSON.stringify(moved)}\n`);
          return;
        }
        const rows = moved.tables.reduce((sum, table) => sum + table.rows, 0);
        output.write(
          `${moved.from} to ${moved.to}: ${rows} rows in ${moved.tables.length} tables, hashes alike\n`,
        );
      } finally {
        await closeStudy(study);
      }
    });
