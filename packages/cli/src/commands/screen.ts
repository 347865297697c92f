/** `malleolus screen`: a study's cases by the words of their reports. */
import type { FunnelRow } from "@malleolus/studies";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { userName } from "../user-name.ts";

interface ScreenArguments {
  readonly study: string;
  readonly who: string;
  readonly json?: true;
}

export const screenCommand: CommandFile = (output) =>
  new Command("screen")
    .description("sort a study's cases by their reports: fracture, no fracture, excluded")
    .option("--study <folder>", "the study's folder", ".")
    .option("--who <name>", "recorded as the one who did it", userName())
    .option("--json", "the run and the funnel as one JSON object")
    .addHelpText(
      "after",
      `
The words are those of the study's protocol.toml. Negations ("geen aanwijzingen voor fractuur"),
doubts, questions and history ("old tibial fracture") count as what they mean, and every decision
keeps its words. Screening again with other words moves cases, except those that somebody has read.

Examples:
  ./malleolus screen --study my-study
  ./malleolus screen --study my-study --json | jq '.funnel[0].screened'`,
    )
    .action(async (given: ScreenArguments) => {
      const studies = await import("@malleolus/studies");
      const study = await studies.openStudy(given.study);
      const progress = countProgress(output, "cases");
      try {
        const counts = await studies.screenCases(study, given.who, (done, total) =>
          progress.show(done, total),
        );
        progress.end();
        const funnel = await studies.readFunnel(study);
        if (given.json) {
          output.write(`${JSON.stringify({ ...counts, funnel })}\n`);
          return;
        }
        output.write(
          `run ${counts.run}: ${counts.screened} cases screened, ${counts.moved} moved, ` +
            `${counts.withoutReport} without a report\n${funnel.map(describeFunnel).join("")}`,
        );
      } finally {
        progress.end();
        await studies.closeStudy(study);
      }
    });

/** One hospital's funnel, from the archive to the candidates. */
function describeFunnel(row: FunnelRow): string {
  const excluded = Object.entries(row.excluded).toSorted(([, a], [, b]) => b - a);
  const lines: readonly (readonly [depth: number, count: number, what: string])[] = [
    [1, row.cases, `cases of ${row.patients} patients, ${row.images} radiographs`],
    [1, row.withReport, "with a report"],
    [2, row.screened["candidate fracture"], "candidate fracture"],
    [2, row.screened["candidate no fracture"], "candidate no fracture"],
    [2, row.screened["excluded by keyword"], "excluded by keyword"],
    ...excluded.map(([code, count]) => [3, count, code] as const),
  ];
  const text = lines.map(
    ([depth, count, what]) => `${"  ".repeat(depth)}${String(count).padStart(6)}  ${what}\n`,
  );
  return `hospital ${row.hospital}\n${text.join("")}`;
}
