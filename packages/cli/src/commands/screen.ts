/** `malleolus screen`: a study's cases by the words of their reports, with the reasons. */
import type { ScreeningDecision } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { measureTruth } from "../measure-truth.ts";
import type { Output } from "../output.ts";
import { askPassphrase } from "../passphrase.ts";
import { describeCase, describeComparison, describeFunnel } from "../screening-text.ts";
import { userName } from "../user-name.ts";

interface ScreenArguments {
  readonly study: string;
  readonly who: string;
  readonly case?: string;
  readonly list?: string;
  readonly truth?: string;
  readonly hospital?: string;
  readonly json?: true;
}

export const screenCommand: CommandFile = (output) =>
  new Command("screen")
    .description("sort a study's cases by their reports: fracture, no fracture, excluded")
    .option("--study <folder>", "the study's folder", ".")
    .option("--truth <file>", "precision and recall against a table of the truth")
    .option("--hospital <id>", "the table's hospital; needed if the study has several")
    .option("--list <where>", "do not screen: list the cases there, with their words")
    .option("--case <id>", "do not screen: show a case's report with the deciding words")
    .option("--who <name>", "recorded as the person who acts", userName())
    .option("--json", "JSON instead of words")
    .addHelpText(
      "after",
      `
The study's protocol.toml has the words. Negations ("geen aanwijzingen voor fractuur"), doubts, questions
and history ("old tibial fracture") count by their meaning, and every decision keeps its words. Screening
again with other words moves cases, except those that somebody has read.

--list takes candidates, fracture, no-fracture, excluded, uncertain, or an exclusion code. --case
takes an id, or as many of its last digits as no other case has.

The table of --truth is a CSV file with the columns accession_number and truth, which is fracture,
no fracture, or excluded:CODE. Accession numbers are kept only as hashes, so the key file's passphrase
is needed: that of MALLEOLUS_PASSPHRASE, else it is asked for.

Examples:
  ./malleolus screen --study my-study
  ./malleolus screen --study my-study --list old-fracture
  ./malleolus screen --study my-study --case 604417
  ./malleolus screen --study my-study --truth truth.csv --json | jq .truth.languages`,
    )
    .action(async (given: ScreenArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const modes = [given.case, given.list, given.truth].filter((mode) => mode !== undefined);
      if (modes.length > 1) command.error("error: --case, --list and --truth exclude one another");
      const study = await studies.openStudy(given.study);
      try {
        if (given.case !== undefined) await explain(study, given.case, given.json, output);
        else if (given.list !== undefined)
          await list(study, given.list, given.json, output, command);
        else await screen(study, given, output, command);
      } finally {
        await studies.closeStudy(study);
      }
    });

async function screen(
  study: Study,
  given: ScreenArguments,
  output: Output,
  command: Command,
): Promise<void> {
  const studies = await import("@malleolus/studies");
  // Before the screening: a file that cannot be used, or a wrong passphrase, changes nothing.
  const table =
    given.truth === undefined ? null : await openTable(study, given.truth, given, output, command);
  const progress = countProgress(output, "cases");
  try {
    const counts = await studies.screenCases(study, given.who, (done, total) =>
      progress.show(done, total),
    );
    progress.end();
    const funnel = await studies.readFunnel(study);
    const { uncertain, words } = await studies.summarizeDecisions(study);
    const truth =
      table === null ? undefined : measureTruth(await studies.compareWithTruth(study, table));
    if (given.json) {
      output.write(`${JSON.stringify({ ...counts, funnel, uncertain, words, truth })}\n`);
      return;
    }
    output.write(
      `run ${counts.run}: ${counts.screened} cases screened, ${counts.moved} moved, ` +
        `${counts.withoutReport} without a report\n\n${describeFunnel(study, funnel, { uncertain, words })}`,
    );
    if (truth !== undefined) output.write(`\n${describeComparison(truth)}`);
  } finally {
    progress.end();
  }
}

async function openTable(
  study: Study,
  path: string,
  given: ScreenArguments,
  output: Output,
  command: Command,
) {
  const { findHospital, openKeys, openTruth } = await import("@malleolus/studies");
  const hospital = findHospital(study, given.hospital);
  const keys = await openKeys(study, await askPassphrase(output, command));
  try {
    return await openTruth(study, { path, hospital, keys });
  } finally {
    keys.close();
  }
}

async function explain(
  study: Study,
  id: string,
  asJson: true | undefined,
  output: Output,
): Promise<void> {
  const { explainCase } = await import("@malleolus/studies");
  const explanation = await explainCase(study, id);
  output.write(asJson ? `${JSON.stringify(explanation)}\n` : describeCase(explanation));
}

const PLACES = ["candidates", "fracture", "no-fracture", "excluded", "uncertain"];

/** Every name of `--list` that a decision goes by. */
function placesOf({ state, codes, uncertain }: ScreeningDecision): string[] {
  const own = {
    "candidate fracture": ["candidates", "fracture"],
    "candidate no fracture": ["candidates", "no-fracture"],
    "excluded by keyword": ["excluded"],
  }[state];
  return [...own, ...codes, ...(uncertain ? ["uncertain"] : [])];
}

async function list(
  study: Study,
  where: string,
  asJson: true | undefined,
  output: Output,
  command: Command,
): Promise<void> {
  const { decidingWords, latestDecisions } = await import("@malleolus/studies");
  const codes = [...study.protocol.exclusions.map(({ id }) => id), "not-stated"];
  const places = [...PLACES, ...codes];
  if (!places.includes(where)) {
    command.error(`error: expected --list ${places.join(", ")}, got ${where}`);
  }
  for await (const { caseId, hospital, decision } of latestDecisions(study)) {
    const isThere = placesOf(decision).includes(where);
    if (!isThere) continue;
    const predicted = decision.codes[0] ?? decision.state;
    output.write(
      asJson
        ? `${JSON.stringify({ caseId, hospital, ...decision })}\n`
        : `${caseId}\t${predicted}\t${decidingWords(decision)}\n`,
    );
  }
}
