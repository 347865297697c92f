/**
 * What a detector is, written from its run: a card after Mitchell et al. (Model cards for model reporting, 2019) with
 * what a program knows of it. What only a person knows, whose patients they were say, it asks for.
 */
import type { TrainingRun } from "@malleolus/runs";
import type { RunEvent } from "@malleolus/schema";
import { describeDuration } from "../training-progress.ts";

export interface CardSource {
  readonly run: TrainingRun;
  readonly start: Extract<RunEvent, { event: "start" }>;
  /** Of the file that the run is used by. */
  readonly file: { readonly path: string; readonly sha256: string; readonly step: number | null };
  /** What evaluate or report wrote with --json; null without. */
  readonly figures: { readonly name: string; readonly values: unknown } | null;
  /** Of the program. */
  readonly version: string;
}

const MOST_FIGURES = 60;
const ASKED = "_To be written by who trained it._";

export function modelCard({ run, start, file, figures, version }: CardSource): string {
  const { summary, recipe } = run;
  const { best } = summary;
  const rows: readonly (readonly [string, string])[] = [
    ["File", `${file.path}${file.step === null ? "" : `, after step ${file.step}`}`],
    ["SHA-256", `\`${file.sha256}\``],
    ["Written by", `Malleolus ${version}, LibTorch ${start.libtorch}`],
    ["Recipe", recipe.name],
    ["Classes", start.classes.join(", ")],
    ["Radiographs", `${start.images} trained on, ${start.imagesWithObjects} of them with objects`],
    ["Held out", start.tuning === null ? "none" : `${start.tuning.length} radiographs, for tuning`],
    [
      "Began with",
      start.weights === null
        ? "no weights"
        : `${start.weights.found.length} tensors of others' weights`,
    ],
    [
      "Trained",
      `${summary.steps} of ${summary.stepsPlanned} steps in ${describeDuration(summary.trainedSeconds)} on ` +
        `${start.device}, ${start.dtype}, ${start.threads} threads; it is ${summary.state}`,
    ],
    [
      "Best on the tuning radiographs",
      best === null
        ? "not measured"
        : `${best.metric} ${best.value.toFixed(3)}, at step ${best.step}`,
    ],
  ];
  return `# ${recipe.name}: model card

Research software, not a medical device. Of the run ${summary.run}, ${summary.began?.slice(0, 10) ?? "undated"}.

## What it is

| | |
|---|---|
${rows.map(([name, value]) => `| ${name} | ${cell(value)} |`).join("\n")}

## What it is for

Research on radiographs like those that it was trained on. It decides about no patient, and says nothing of other parts
of the body, of children, of casts and of metal unless its figures below are of such.

${ASKED}

## Whose radiographs

${ASKED}

## How good it is

${figures === null ? "Not measured on a test: give `--figures` what `evaluate --json` or `report --json` wrote." : figureTable(figures)}

The tuning radiographs chose the checkpoint, so that their figure above is no test.

## The recipe

\`\`\`json
${JSON.stringify(recipe, null, 2)}
\`\`\`
`;
}

function figureTable({ name, values }: NonNullable<CardSource["figures"]>): string {
  const found = numbersIn(values, []);
  const shown = found.slice(0, MOST_FIGURES);
  const rows = shown.map(([path, value]) => `| ${cell(path)} | ${Number(value.toPrecision(4))} |`);
  const left = found.length - shown.length;
  return [
    `Of ${name}:`,
    "",
    "| figure | value |",
    "|---|---|",
    ...rows,
    ...(left === 0 ? [] : ["", `${left} more are in the file.`]),
  ].join("\n");
}

/** Numbers with the path to them, in the order of the file. */
function numbersIn(value: unknown, path: readonly string[]): [string, number][] {
  if (typeof value === "number") return [[path.join(", "), value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
