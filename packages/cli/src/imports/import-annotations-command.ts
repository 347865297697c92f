/** `malleolus import annotations`: outlines from another tool. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ProposalsCounts } from "@malleolus/studies";
import { Command, InvalidArgumentError, Option } from "commander";
import type { CommandFile } from "../command-file.ts";
import { countProgress } from "../count-progress.ts";
import { askPassphrase } from "../passphrase.ts";
import { sayRemarks } from "../say-remarks.ts";
import { closing, type ImportArguments, withStudyOptions } from "./import-options.ts";

interface AnnotationsArguments extends ImportArguments {
  readonly annotator?: ReadonlyMap<string, string>;
  readonly as: "annotator" | "senior" | "proposals";
  readonly model?: string;
  readonly modelVersion: string;
  readonly why: string;
  readonly category?: ReadonlyMap<string, string>;
  readonly images?: string;
  readonly onlyOutlined?: true;
  readonly skipUnmatched?: true;
}

export const importAnnotationsCommand: CommandFile = (output, finish) =>
  withStudyOptions(new Command("annotations"))
    .description("outlines drawn with CVAT, Label Studio or Labelbox: COCO, or Labelbox's NDJSON")
    .argument(
      "<file>",
      "COCO, CVAT's XML, Label Studio's JSON, Labelbox's lines, or a folder of DICOM SEG",
    )
    .option(
      "--annotator <id or name=id>",
      "the annotator; for several, repeat it with each name in the file",
      collectPerson,
    )
    .option(
      "--category <name=structure>",
      "a name's meaning in the protocol; repeat it",
      collectName,
    )
    .option("--images <folder>", "the annotated files, to find the images by their bytes")
    .addOption(
      new Option(
        "--as <role>",
        "senior: the decision between annotators who differ; proposals: a model's, for annotators to mend",
      )
        .choices(["annotator", "senior", "proposals"])
        .default("annotator"),
    )
    .option("--model <name>", "with --as proposals: whose outlines they are")
    .option("--model-version <version>", "with --as proposals", "1")
    .option("--why <reason>", "the senior's reason, kept with the decision", "imported from a file")
    .option("--only-outlined", "skip images without an outline: the job is half done")
    .option("--skip-unmatched", "skip images that are not in the study")
    .addHelpText(
      "after",
      `
An image is found by the hash in its name (as export writes it), by its SOP instance UID, the study's or
the original one, by an accession number and a view (ACC1001_ap.png, or the keys accession and view of a
COCO image), or by the bytes of the file in --images. Outlines count in the pixels of the stored image:
an image of another size is refused.

A name is fracture, a structure or a class of the protocol (fibula, no_fracture), or said by --category.
An open line becomes a band of the protocol's width. How the fracture shows is a COCO image's key
"visibility", or Labelbox's answer to a question of this name: easy, difficult or impossible (obvious,
visible and subtle, the grades of 0.1.0, are read as easy, easy and difficult). Without an answer an outlined
fracture is easy, and a fractured image without an outline impossible.
Images that nobody has opened in Labelbox are skipped. CVAT writes all images of a job: --only-outlined skips
those without an outline as long as the job is half done.

The file is imported whole or not at all; every image that cannot be used is named. The cases must have
their class (import readings). If both annotators agree on an image, the first outline becomes its truth at
once; the others wait for a senior. The same file again changes nothing.

With --as proposals the outlines are a model's, which annotators accept, mend or reject in the reading
room. They need no class and decide nothing. A COCO image may carry "probabilities" (by class, summing to
1), "scores" (by structure) and "lower_leg" (false where another part of the body is seen).

Examples:
  ./malleolus import annotations --study my-study --annotator annotator-1 instances_default.json
  ./malleolus import annotations --study my-study --annotator ann@a.org=annotator-1 \\
    --annotator bob@a.org=annotator-2 --category "Fracture line=fracture" export.ndjson
  ./malleolus import annotations --study my-study --as senior --annotator senior-1 decided.json
  ./malleolus import annotations --study my-study --as proposals --model sam --model-version 2.1 found.json`,
    )
    .action(async (path: string, given: AnnotationsArguments, command: Command) => {
      const studies = await import("@malleolus/studies");
      const { readOutlines } = await import("@malleolus/data");
      if (given.as === "proposals" && given.model === undefined) {
        command.error("error: --as proposals needs --model NAME: whose outlines they are");
      }
      const file = await readOutlines(path);
      const study = await studies.openStudy(given.study);
      const progress = countProgress(output, "images");
      try {
        const { configuration } = study;
        const source = {
          path,
          file,
          categories: given.category ?? new Map<string, string>(),
          who: given.who,
          folder: given.images ?? null,
          hospital:
            configuration.hospitals.length === 1 || given.hospital !== undefined
              ? studies.findHospital(study, given.hospital)
              : null,
          skipUnmatched: given.skipUnmatched ?? false,
          onImage: (done: number, total: number) => progress.show(done, total),
        };
        // The key file leads from original UIDs, files and accession numbers to the study's images.
        const needsKeys = await studies.annotationsNeedKeys(study, { ...source, keys: null });
        using keys = needsKeys
          ? closing(await studies.openKeys(study, await askPassphrase(output, command)))
          : null;
        const whole = { ...source, keys: keys?.value ?? null };
        if (given.as === "proposals") {
          const name = given.model ?? "";
          const model = { sha256: sha256Of(path), name, version: given.modelVersion };
          const counts = await studies.importProposals(study, { ...whole, model });
          progress.end();
          tellProposals(counts);
          return;
        }
        const counts = await studies.importAnnotations(study, {
          ...whole,
          people: given.annotator ?? new Map<string, string>(),
          as: given.as,
          why: given.why,
          onlyOutlined: given.onlyOutlined ?? false,
        });
        progress.end();
        const { refused, disagreements, unmatched, untouched } = counts;
        if (given.json) output.write(`${JSON.stringify(counts)}\n`);
        else {
          sayRemarks(path, file.remarks, output);
          output.write(
            `${counts.imported} imported, ${counts.known} known already; images with their truth ` +
              `${counts.resolved}, cases annotated ${counts.casesAnnotated}, for a senior ` +
              `${disagreements.length}\n`,
          );
          sayPlaces("that nobody has drawn on", untouched);
          if (refused.length === 0) sayPlaces("that are not in the study", unmatched);
          for (const image of disagreements.slice(0, NAMED)) {
            output.writeError(`the annotators differ on ${image}\n`);
          }
          sayRefused(refused);
        }
        if (refused.length > 0 || counts.imported + counts.known === 0) finish(1);
      } finally {
        progress.end();
        await studies.closeStudy(study);
      }

      function tellProposals(counts: ProposalsCounts): void {
        const { imported, known, withoutShape, unmatched, refused } = counts;
        if (given.json) output.write(`${JSON.stringify(counts)}\n`);
        else {
          sayRemarks(path, file.remarks, output);
          output.write(
            `${imported} imported, ${known} known already; radiographs on which nothing is outlined ` +
              `${withoutShape}\n`,
          );
          if (refused.length === 0) sayPlaces("that are not in the study", unmatched);
          sayRefused(refused);
        }
        if (refused.length > 0 || imported + known === 0) finish(1);
      }

      function sayRefused(
        refused: readonly { readonly place: string; readonly why: string }[],
      ): void {
        for (const { place, why } of refused.slice(0, NAMED)) {
          output.writeError(`malleolus: ${path}, ${place}: ${why}\n`);
        }
        if (refused.length > NAMED) {
          output.writeError(`… and ${refused.length - NAMED} more images like these\n`);
        }
        if (refused.length > 0) output.writeError("nothing was imported\n");
      }

      function sayPlaces(what: string, places: readonly string[]): void {
        if (places.length === 0) return;
        const named = places.slice(0, NAMED).join(", ");
        const more = places.length > NAMED ? ", …" : "";
        output.writeError(
          `${places.length} ${places.length === 1 ? "image" : "images"} ${what}: ${named}${more}\n`,
        );
      }
    });

const NAMED = 10;

/** What another tool's model is known by, since the model itself is not here. */
function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** `ann@a.org=annotator-1`, or `annotator-1` for everybody who is not named; added to those before. */
function collectPerson(
  written: string,
  before: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const [, name, id] = /^(.+)=([^=]+)$/.exec(written) ?? [undefined, "", written];
  return new Map([...(before ?? []), [name.trim(), id.trim()]]);
}

/** `Fracture line=fracture`, added to those before it. */
function collectName(
  written: string,
  before: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const [, name, target] = /^([^=]+)=([^=]+)$/.exec(written) ?? [];
  if (name === undefined || target === undefined) {
    throw new InvalidArgumentError(`expected NAME=STRUCTURE, got "${written}"`);
  }
  return new Map([...(before ?? []), [name.trim(), target.trim()]]);
}
