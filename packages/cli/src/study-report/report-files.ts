/** A report as a folder: the page and its JSON always, tables, figures and a PDF where they are asked for. */
import { join } from "node:path";
import {
  checklistCsv,
  figureFiles,
  htmlReport,
  jsonReport,
  type ReportContent,
  tablesCsv,
} from "@malleolus/evaluation";
import { writeFileWhole } from "@malleolus/host";
import { printPage } from "./print-page.ts";

export interface WantedFiles {
  readonly csv: boolean;
  readonly svg: boolean;
  readonly pdf: boolean;
}

/** The paths of what was written, the page first. Throws CliError `device` where nothing can print. */
export async function writeReport(
  folder: string,
  content: ReportContent,
  { csv, svg, pdf }: WantedFiles,
): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileWhole(path, text);
    written.push(path);
  };
  write("index.html", htmlReport(content));
  write("report.json", jsonReport(content));
  if (csv) {
    write("tables.csv", tablesCsv(content));
    write("checklists.csv", checklistCsv(content.checklists));
  }
  if (svg)
    for (const figure of figureFiles(content)) write(join("figures", figure.name), figure.svg);
  if (pdf) written.push(await printPage(join(folder, "index.html"), join(folder, "report.pdf")));
  return written;
}
