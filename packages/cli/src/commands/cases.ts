/** `malleolus cases`: the cases of a study with their states, and what each waits for. */
import { caseStateSchema, waitForSchema } from "@malleolus/schema";
import type { CasesQuestion, ListedCase, Study, Wait } from "@malleolus/studies";
import { Command, Option } from "commander";
import { alignedTable } from "../aligned-table.ts";
import type { CommandFile } from "../command-file.ts";

interface CasesArguments {
  readonly study: string;
  readonly state?: ListedCase["state"];
  readonly hospital?: string;
  readonly class?: string;
  readonly ambiguous?: true;
  readonly waiting?: string;
  readonly search?: string;
  readonly json?: true;
}

export const casesCommand: CommandFile = (output, _finish) =>
  new Command("cases")
    .description("list a study's cases: how far each is, its class, and what it waits for")
    .option("--study <folder>", "the study's folder", ".")
    .addOption(new Option("--state <state>", "only those").choices(caseStateSchema.options))
    .addOption(
      new Option("--waiting <for>", "only those that wait for this").choices(waitForSchema.options),
    )
    .option("--hospital <id>", "only those of this hospital")
    .option("--class <id>", "only those of this class")
    .option("--ambiguous", "only those on which readers differed at first")
    .option("--search <text>", "only those whose id or pseudonym begins so")
    .option("--json", "one JSON object a case, each on a line of its own")
    .addHelpText(
      "after",
      `
The list shows classes and states, which readers must not see: keep it from them. A case waits for its
report, for screening, for readings, for a senior if they differ, for assignment, for the panel of the tests
and its consensus, for annotation, or for a decision between two outlines. The person who has to act is named
once the case is assigned, which import readings and import annotations do.

Examples:
  ./malleolus cases --study my-study --waiting senior
  ./malleolus cases --study my-study --state "candidate fracture" --json | jq -r .id`,
    )
    .action(async (given: CasesArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      try {
        const classes = study.protocol.classes.map(({ id }) => id);
        if (given.class !== undefined && !classes.includes(given.class)) {
          command.error(`error: expected --class ${classes.join(", ")}, got ${given.class}`);
        }
        if (given.hospital !== undefined) studies.findHospital(study, given.hospital);
        const rows: string[][] = [];
        for await (const { waits, ...found } of casesOf(study, given)) {
          if (given.json) output.write(`${JSON.stringify({ ...found, waits })}\n`);
          else rows.push(describeCase(found, waits));
        }
        if (given.json) return;
        if (rows.length > 0) {
          output.write(
            alignedTable(
              [["case", "hospital", "images", "state", "class", "waits for"], ...rows],
              6,
            ),
          );
        }
        output.writeError(`${rows.length} ${rows.length === 1 ? "case" : "cases"}\n`);
      } finally {
        await studies.closeStudy(study);
      }
    });

const PAGE = 500;

async function* casesOf(
  study: Study,
  { state, hospital, class: name, ambiguous, search, waiting }: CasesArguments,
): AsyncGenerator<ListedCase & { readonly waits: readonly Wait[] }> {
  const { listCases, waitsOf } = await import("@malleolus/studies");
  const question: CasesQuestion = { state, hospital, class: name, ambiguous, search, limit: PAGE };
  for (let after: string | undefined; ; ) {
    const page = await listCases(study, { ...question, after });
    const waits = await waitsOf(study, page);
    for (const found of page) {
      const own = waits.get(found.id) ?? [];
      if (waiting === undefined || own.some((one) => one.for === waiting)) {
        yield { ...found, waits: own };
      }
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

function describeCase(
  { id, hospital, images, state, class: name, exclusion, ambiguous }: ListedCase,
  waits: readonly Wait[],
): string[] {
  const said = exclusion === null ? (name ?? "") : `excluded: ${exclusion}`;
  const wait = waits.map(({ for: what, people }) =>
    people.length === 0 ? what : `${what} (${people.join(", ")})`,
  );
  return [
    id,
    hospital,
    String(images),
    state,
    `${said}${ambiguous === true ? ", ambiguous" : ""}`,
    wait.join("; "),
  ];
}
