/**
 * `malleolus export --page`: the page that analyses a radiograph in the browser, with its detector, in a folder
 * that any web server serves; for a paper's supplement.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readJson } from "@malleolus/schema";
import { z } from "zod";
import { chooseDetector } from "../choose-detector.ts";
import { CliError } from "../errors.ts";
import type { Output } from "../output.ts";
import { readDetectorModel } from "./detector-model.ts";

const WEB_FOLDER = fileURLToPath(new URL("../../../web/dist", import.meta.url));
const PAGE = "analyse.html";
/** What the build writes: which files each page needs. */
const FILES = "files.json";

const filesSchema = z.record(
  z.string(),
  z.object({
    file: z.string(),
    css: z.array(z.string()).optional(),
    assets: z.array(z.string()).optional(),
    imports: z.array(z.string()).optional(),
    dynamicImports: z.array(z.string()).optional(),
  }),
);
type Files = z.infer<typeof filesSchema>;

export interface PageExport {
  /** Undefined for the detector that comes with the project. */
  readonly checkpoint: string | undefined;
  readonly out: string;
  readonly json: boolean;
  /** The built pages; the project's own unless a test has others. */
  readonly webFolder?: string;
}

/**
 * @throws CliError `folder` where the folder holds something, `run` where the pages have not been built.
 * @throws OnnxError `checkpoint` for a file that is no detector.
 */
export async function exportPage(given: PageExport, output: Output): Promise<void> {
  const { out, json, webFolder = WEB_FOLDER } = given;
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new CliError(
      "folder",
      `${out}: expected an empty folder, got one with files; name a new one`,
    );
  }
  const files = filesOfPage(webFolder);
  const path = await chooseDetector(given.checkpoint, json, output);
  const model = await readDetectorModel(path);
  if (model === null) throw new Error("internal: a detector that was chosen is not there");
  const aside = `${resolve(out)}.${process.pid}.tmp`;
  try {
    for (const file of files) {
      const to = join(aside, file === PAGE ? "index.html" : file);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(join(webFolder, file), to);
    }
    writeFileSync(join(aside, "detector.onnx"), model);
    rmSync(out, { recursive: true, force: true });
    renameSync(aside, out);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  const told = { path: out, checkpoint: path, files: files.length + 1 };
  output.write(
    json
      ? `${JSON.stringify(told)}\n`
      : `${out}: the page and its detector, ${told.files} files; serve the folder, and open it in a browser\n`,
  );
}

/** Relative to the folder of the pages. */
function filesOfPage(webFolder: string): string[] {
  const path = join(webFolder, FILES);
  if (!existsSync(path)) {
    throw new CliError(
      "run",
      `${path}: expected the built pages, got nothing; run ./malleolus export --page, which builds them`,
    );
  }
  const files = readJson(filesSchema, readFileSync(path, "utf8"), path);
  const needed = new Set<string>([PAGE]);
  addFiles(PAGE, files, needed, new Set());
  // What workers load stands in no manifest: it is named in the text of the files themselves.
  for (const file of needed) {
    if (!/\.(js|mjs|css|html)$/.test(file)) continue;
    const text = readFileSync(join(webFolder, file), "utf8");
    for (const name of readdirSync(join(webFolder, "assets"))) {
      if (text.includes(name)) needed.add(`assets/${name}`);
    }
  }
  return [...needed].sort();
}

function addFiles(entry: string, files: Files, needed: Set<string>, seen: Set<string>): void {
  const found = files[entry];
  if (found === undefined || seen.has(entry)) return;
  seen.add(entry);
  for (const file of [found.file, ...(found.css ?? []), ...(found.assets ?? [])]) needed.add(file);
  for (const next of [...(found.imports ?? []), ...(found.dynamicImports ?? [])]) {
    addFiles(next, files, needed, seen);
  }
}
