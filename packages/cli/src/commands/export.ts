/**
 * `malleolus export`: training, tuning and test sets as COCO files with their images; what one annotator has
 * drawn, for another tool; or a network as a file of ONNX.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { OutlinesFormat } from "@malleolus/data";
import { writeFileWhole } from "@malleolus/host";
import type { WeightType } from "@malleolus/onnx";
import type { Assignment } from "@malleolus/schema";
import type { Study } from "@malleolus/studies";
import { Argument, Command, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { CliError } from "../errors.ts";

interface ExportArguments {
  readonly study: string;
  readonly out: string;
  readonly images: "links" | "files" | "none";
  readonly onnx?: true;
  readonly page?: true;
  readonly checkpoint?: string;
  readonly weights: WeightType;
  readonly annotator?: string;
  readonly format: DrawnFormat;
  readonly json?: true;
}

/** A file of another tool, or a folder of DICOM objects. */
type DrawnFormat = OutlinesFormat | "dicom-seg";

/** What a file of each format is called behind the annotator's id. */
const ENDINGS: Readonly<Record<OutlinesFormat, string>> = {
  coco: "json",
  cvat: "xml",
  "label-studio": "json",
  labelbox: "ndjson",
};

const SETS: Readonly<Record<string, Assignment>> = {
  training: "training",
  tuning: "tuning",
  preliminary: "preliminary training",
  "internal-test": "internal test",
  "external-test": "external test",
};

export const exportCommand: CommandFile = (output) =>
  new Command("export")
    .description("write a study's data sets as COCO files and their images, or a network as ONNX")
    .addArgument(new Argument("[set...]", "which (training and tuning)").choices(Object.keys(SETS)))
    .option("--study <folder>", "the study's folder", ".")
    .requiredOption("--out <folder>", "SET.json for each set, and images/; with --onnx the file")
    .addOption(
      new Option("--images <how>", "links into the study, files of their own, or none")
        .choices(["links", "files", "none"])
        .default("links"),
    )
    .option("--onnx", "write a network as one file of ONNX instead")
    .option("--page", "write a folder with the page that runs a detector in the browser instead")
    .option(
      "--checkpoint <path>",
      "which: a run's folder or a model.safetensors (the project's own)",
    )
    .addOption(
      new Option("--weights <type>", "of the kernels in the file; float16 and int16 halve it")
        .choices(["float32", "float16", "int16"])
        .default("float32"),
    )
    .option("--annotator <id>", "instead of sets: the outlines that this annotator has drawn")
    .addOption(
      new Option("--format <tool>", "for which tool these are")
        .choices(["coco", "cvat", "label-studio", "labelbox", "dicom-seg"])
        .default("coco"),
    )
    .option("--json", "one JSON object a set or file, each on a line of its own")
    .addHelpText(
      "after",
      `
Categories are the protocol's classes. Each radiograph has one instance, of its case's class: the fracture,
or the outline of the sound bone. Each image has its case, patient, hospital, view, class, visibility, and
whether its readers differed. Radiographs of visibility impossible are left out of training. A test keeps
radiographs without an outline, with "annotated": false.

The same study gives the same bytes: the hash names a data set. Radiographs are the de-identified originals.
A test is written on request only; do not train on it.

With --annotator the latest outlines of one annotator go to OUT/ID.ENDING, in the form of COCO, CVAT for images
1.1, Label Studio's JSON or Labelbox's lines; import annotations reads them back. COCO has no open lines: there
they are widened. As dicom-seg they go to OUT/ID/, a DICOM Segmentation of each radiograph that is a DICOM file; it
comes back as it was drawn, or, where another program has changed its pixels, by these.

With --onnx, the network of a run (detector, segmenter or classifier) becomes one file that ONNX Runtime runs in any
language: an image of any size in, boxes, classes, scores and masks out. docs/onnx.md says how, and what
float16 and int16 cost (int16 a fifth of float16). With --page, a folder holds the page that analyses a radiograph in the browser, and the
detector: any web server serves it, as a paper's supplement, and no radiograph leaves the browser.

Examples:
  ./malleolus export --study my-study --out data
  ./malleolus export --onnx --checkpoint runs/a --out detector.onnx
  ./malleolus export --page --checkpoint runs/a --out supplement
  ./malleolus train --coco data/training.json --images data/images --tuning data/tuning.json --out runs/a
  ./malleolus export internal-test --study my-study --images files --out test-set
  ./malleolus export --study my-study --annotator annotator-1 --format cvat --out drawn`,
    )
    .action(async (sets: string[], given: ExportArguments) => {
      requireOneKind(sets, given);
      if (given.onnx || given.page) {
        const { checkpoint, out, weights, json = false } = given;
        if (given.page) {
          const { exportPage } = await import("../model-export/export-page.ts");
          await exportPage({ checkpoint, out, json }, output);
        }
        if (given.onnx) {
          const { exportOnnx } = await import("../model-export/export-onnx.ts");
          await exportOnnx({ checkpoint, out, weights, json }, output);
        }
        return;
      }
      const { closeStudy, openStudy } = await import("@malleolus/studies");
      const study = await openStudy(given.study);
      const progress = countProgress(output, "images");
      try {
        if (given.annotator !== undefined) {
          const told = await writeDrawn(study, given.annotator, given);
          output.write(
            given.json
              ? `${JSON.stringify(told)}\n`
              : `${told.path}: ${told.images} images, ${told.shapes} shapes\n`,
          );
          return;
        }
        const wanted = sets.length === 0 ? ["training", "tuning"] : [...new Set(sets)];
        const texts = await Promise.all(wanted.map((set) => textOf(study, set)));
        const files = [...new Set(texts.flatMap((one) => one.files))];
        for (const [done, file] of files.entries()) {
          placeImage(study.images, join(given.out, "images"), file, given.images);
          progress.show(done + 1, files.length);
        }
        progress.end();
        // Last: a set that is there has its images.
        for (const { set, text, files: own, impossible, withoutInstance } of texts) {
          const path = join(given.out, `${set}.json`);
          writeFileWhole(path, text);
          const sha256 = createHash("sha256").update(text).digest("hex");
          const told = { set, path, sha256, images: own.length, impossible, withoutInstance };
          output.write(given.json ? `${JSON.stringify(told)}\n` : describeSet(told));
        }
      } finally {
        progress.end();
        await closeStudy(study);
      }
    });

/** Each kind of export has an --out of its own. */
function requireOneKind(
  sets: readonly string[],
  { onnx, page, annotator }: Pick<ExportArguments, "onnx" | "page" | "annotator">,
): void {
  const kinds = [
    ...(onnx ? ["--onnx"] : []),
    ...(page ? ["--page"] : []),
    ...(annotator === undefined ? [] : ["--annotator"]),
    ...(sets.length === 0 ? [] : [sets.join(", ")]),
  ];
  if (kinds.length < 2) return;
  throw new CliError(
    "engine",
    `export: expected sets, --annotator, --onnx or --page alone, got ${kinds.join(" and ")}; export each ` +
      "in a call of its own",
  );
}

async function writeDrawn(
  study: Study,
  annotator: string,
  { out, format }: Pick<ExportArguments, "out" | "format">,
) {
  if (format === "dicom-seg") return writeSegmentations(study, annotator, out);
  const { outlinesText } = await import("@malleolus/data");
  const { drawnOutlines } = await import("@malleolus/studies");
  const drawn = await drawnOutlines(study, annotator, format === "coco" ? "widened" : "open");
  const path = join(out, `${annotator}.${ENDINGS[format]}`);
  mkdirSync(out, { recursive: true });
  writeFileWhole(path, outlinesText(drawn, format));
  const shapes = drawn.flatMap(({ annotations }) => annotations.flatMap((one) => one.shapes));
  return { annotator, format, path, images: drawn.length, shapes: shapes.length };
}

/** One object a radiograph, named for it; of what is no DICOM file there is none. */
async function writeSegmentations(study: Study, annotator: string, out: string) {
  const { drawnSegmentationFile, readResultSource } = await import("@malleolus/data");
  const { drawnImages } = await import("@malleolus/studies");
  const folder = join(out, annotator);
  mkdirSync(folder, { recursive: true });
  const written: number[] = [];
  for (const { path, sha256, ...drawn } of await drawnImages(study, annotator)) {
    if (path === null) continue;
    const source = readResultSource(readFileSync(path), path);
    const file = drawnSegmentationFile(source, drawn, manifest.version);
    if (file === null) continue;
    writeFileWhole(join(folder, `${sha256}.dcm`), file);
    written.push(drawn.outlines.length);
  }
  const shapes = written.reduce((sum, count) => sum + count, 0);
  return { annotator, format: "dicom-seg", path: folder, images: written.length, shapes };
}

interface ToldSet {
  readonly set: string;
  readonly path: string;
  readonly sha256: string;
  readonly images: number;
  readonly impossible: number;
  readonly withoutInstance: number;
}

async function textOf(study: Study, set: string) {
  const { cocoExport } = await import("@malleolus/studies");
  const { cocoText } = await import("@malleolus/data");
  const { dataset, impossible, withoutInstance } = await cocoExport(study, SETS[set]);
  const files = dataset.images.map(({ fileName }) => fileName);
  return { set, text: cocoText(dataset), files, impossible, withoutInstance };
}

/** There whole or not at all; what is there already stays, since its name is its hash. */
function placeImage(
  store: string,
  folder: string,
  file: string,
  how: ExportArguments["images"],
): void {
  if (how === "none") return;
  const [from, to] = [resolve(store, file), join(folder, file)];
  const isLink = lstatSync(to, { throwIfNoEntry: false })?.isSymbolicLink();
  if (isLink === (how === "links") && existsSync(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  const aside = `${to}.${process.pid}.tmp`;
  try {
    if (how === "links") symlinkSync(from, aside);
    else copyFileSync(from, aside);
    renameSync(aside, to);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

function describeSet({ path, sha256, images, impossible, withoutInstance }: ToldSet): string {
  const bare = withoutInstance === 0 ? "" : `, ${withoutInstance} of them without an outline`;
  const left =
    impossible === 0 ? "" : `; ${impossible} left out, since the fracture cannot be seen on them`;
  return `${path}: ${images} radiographs${bare}${left}\n  sha256 ${sha256}\n`;
}
