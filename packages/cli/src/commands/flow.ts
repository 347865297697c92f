/** `malleolus flow`: the flow of cases through the study, with the exclusions. */
import type { HospitalFlow, StudyFlow } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";

interface FlowArguments {
  readonly study: string;
  readonly json?: true;
}

export const flowCommand: CommandFile = (output) =>
  new Command("flow")
    .description("show a study's flow from files to tests, with exclusions and their reasons")
    .option("--study <folder>", "the study's folder", ".")
    .option("--json", "JSON instead of words")
    .addHelpText(
      "after",
      `
One hospital after the other, as in the report. Counts are of cases unless stated otherwise.

Examples:
  ./malleolus flow --study my-study
  ./malleolus flow --study my-study --json | jq '.hospitals[].classes'`,
    )
    .action(async (given: FlowArguments) => {
      const { closeStudy, openStudy, readFlow } = await import("@malleolus/studies");
      const study = await openStudy(given.study);
      try {
        const flow = await readFlow(study);
        output.write(given.json ? `${JSON.stringify(flow)}\n` : describeFlow(study, flow));
      } finally {
        await closeStudy(study);
      }
    });

function describeFlow(study: Study, { hospitals, refusedFiles }: StudyFlow): string {
  const refused = Object.entries(refusedFiles).map(([code, count]) => line(0, count, code));
  return [
    hospitals.map((row) => describeHospital(study, row)).join("\n"),
    ...(refused.length === 0 ? [] : ["\nfiles that could not be taken in\n", ...refused]),
  ].join("");
}

function describeHospital({ configuration, protocol }: Study, row: HospitalFlow): string {
  const named = [...protocol.classes, ...protocol.exclusions];
  const nameOf = (id: string) => {
    const name = named.find((one) => one.id === id)?.name;
    return name === undefined ? id : `${name} (${id})`;
  };
  const by = (depth: number, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([id, count]) => line(depth, count, nameOf(id)));
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const hospital = configuration.hospitals.find(({ id }) => id === row.hospital)?.name ?? "";
  return [
    `hospital ${row.hospital}, ${hospital}\n`,
    line(0, row.files, "files taken in"),
    line(0, row.cases, `cases of ${row.patients} patients, ${row.images} radiographs`),
    ...Object.entries(row.screened).flatMap(([state, count]) => [
      line(1, count, state),
      ...(state === "excluded by keyword" ? by(2, row.excluded) : []),
    ]),
    line(0, row.read, "read by all observers"),
    line(1, row.readUndecided, "to be decided by a senior"),
    line(1, sum(row.excludedByReading), "excluded by reading"),
    ...by(2, row.excludedByReading),
    line(1, row.agreed, "agreed"),
    line(1, row.adjudicated, "adjudicated"),
    line(0, sum(row.classes), "with a class"),
    ...by(1, row.classes),
    line(0, row.annotated, "annotated"),
    ...Object.entries(row.assigned).map(([name, { patients, cases, images }]) =>
      line(0, cases, `${name}: ${patients} patients, ${images} radiographs`),
    ),
    ...(sum(row.excludedByReference) === 0
      ? []
      : [
          line(0, sum(row.excludedByReference), "left out of the tests by the panel"),
          ...by(1, row.excludedByReference),
        ]),
  ].join("");
}

/** `     12    agreed` */
function line(depth: number, count: number, what: string): string {
  return `${String(count).padStart(9)}  ${"  ".repeat(depth)}${what}\n`;
}
