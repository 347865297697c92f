/**
 * `malleolus inspect PATH…`: a radiograph's description, without a network and without LibTorch.
 */
import type { Inspection } from "@malleolus/data";
import { Command } from "commander";
import type { CommandFile } from "../command-file.ts";
import { describeFailure, isForeseen } from "../failure.ts";
import { radiographFiles } from "../radiograph-files.ts";

export const inspectCommand: CommandFile = (output, finish) =>
  new Command("inspect")
    .description("describe radiographs: kind, view, spacing, bits and ranges of values")
    .argument("<file or folder...>", "DICOM, JPEG or PNG files, or folders of them")
    .option("--json", "one JSON object a file, each on a line of its own")
    .addHelpText(
      "after",
      `
A file that cannot be read is named, the others are shown, and the exit code is 1.

Examples:
  ./malleolus inspect ankle.dcm
  ./malleolus inspect --json study | jq .pixelSpacingMm`,
    )
    .action(async (paths: string[], options: { json?: true }) => {
      const { inspectRadiograph } = await import("@malleolus/data");
      for (const { path } of radiographFiles(paths)) {
        try {
          const inspection = await inspectRadiograph(path);
          output.write(
            options.json ? `${JSON.stringify(inspection)}\n` : describeRadiograph(inspection),
          );
        } catch (error) {
          if (!isForeseen(error)) throw error;
          output.writeError(`malleolus: ${describeFailure(error)}\n`);
          finish(1);
        }
      }
    });

/** A few lines for a person; what a file does not say is called unknown. */
export function describeRadiograph(image: Inspection): string {
  const rows: readonly (readonly [name: string, value: string | null])[] = [
    ["kind", [image.format.toUpperCase(), image.modality].filter(isKnown).join(", ")],
    ["view", [image.view ?? "view unknown", image.side ?? "side unknown"].join(", ")],
    ["size", `${image.width} x ${image.height} pixels`],
    ["spacing", describeSpacing(image)],
    ["bits", `${image.bitsStored} of ${image.bitsAllocated}, ${image.photometric}`],
    ["syntax", image.transferSyntax],
    ["EXIF", describeOrientation(image.exifOrientation)],
    ["stored", describeRange(image.stored, 1)],
    ["display", describeDisplay(image.display)],
    ["shown", describeRange(image.displayed, 3)],
    ...image.notes.map((note) => ["note", note] as const),
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === null ? [] : [`  ${name.padEnd(8)} ${value}\n`],
  );
  return `${image.file}\n${lines.join("")}`;
}

function describeOrientation(orientation: number | null): string | null {
  return orientation === null ? null : `orientation ${orientation}, not applied`;
}

function describeSpacing({ pixelSpacingMm, spacingSource }: Inspection): string {
  if (pixelSpacingMm === null) return "unknown: lengths stay in pixels";
  const [row, column] = pixelSpacingMm;
  const spacing = row === column ? `${row}` : `${row} by ${column}`;
  return `${spacing} mm, ${spacingSource}`;
}

function describeDisplay(display: Inspection["display"]): string {
  switch (display.kind) {
    case "window":
      return `window ${display.center} wide ${display.width}, ${display.function}`;
    case "lut":
      return `table of ${display.entries} entries`;
    case "full range":
      return `no window in the file: ${display.low} to ${display.high}`;
  }
}

function describeRange({ min, max, mean }: Inspection["stored"], digits: number): string {
  const round = (value: number) => String(Number(value.toFixed(digits)));
  return `${round(min)} to ${round(max)}, mean ${round(mean)}`;
}

function isKnown(value: string | null): value is string {
  return value !== null;
}
