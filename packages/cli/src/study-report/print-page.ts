/** A page as PDF, by a Chromium of the machine's: Debian's, or another that is on the path. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { CliError } from "../errors.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const TIMEOUT_MS = 120_000;

/** The program's path; null where there is none. */
export function findChromium(path: string): string | null {
  const places = path.split(delimiter).filter((folder) => folder !== "");
  const found = NAMES.flatMap((name) => places.map((folder) => join(folder, name))).find(isFile);
  return found ?? null;
}

/** @throws CliError `device` without one: to be asked before anything else is done. */
export function requireChromium(path = process.env.PATH ?? ""): string {
  const chromium = findChromium(path);
  if (chromium !== null) return chromium;
  throw new CliError(
    "device",
    `--pdf: expected Chromium on the path, got none of ${NAMES.join(", ")}; install it (apt-get ` +
      "install chromium), or leave out --pdf and print index.html from a browser",
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Returns the PDF's path. Throws CliError `device` without a Chromium, and where it writes nothing. */
export async function printPage(page: string, pdf: string): Promise<string> {
  const chromium = requireChromium();
  const folder = mkdtempSync(join(tmpdir(), "malleolus-print-"));
  const aside = `${pdf}.${process.pid}.tmp`;
  try {
    const said = await runQuietly(chromium, [
      "--headless",
      "--disable-gpu",
      "--no-first-run",
      // Its sandbox refuses the superuser; the page is this program's own and runs no script.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--user-data-dir=${folder}`,
      "--no-pdf-header-footer",
      `--print-to-pdf=${resolve(aside)}`,
      pathToFileURL(resolve(page)).href,
    ]);
    if (!isFile(aside) || statSync(aside).size === 0) {
      throw new CliError(
        "device",
        `--pdf: expected a PDF from ${chromium}, got none (${said}); print ${page} from a browser`,
      );
    }
    renameSync(aside, pdf);
    return pdf;
  } finally {
    rmSync(aside, { force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What it said at last, whether it succeeded or not: the file tells. */
function runQuietly(program: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    execFile(program, args, { timeout: TIMEOUT_MS }, (error, _stdout, stderr) => {
      const lines = stderr.trim().split("\n");
      done(lines.at(-1) || (error === null ? "no message" : error.message));
    });
  });
}
