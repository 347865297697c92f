/** Pictures of mistakes: findings in colour, annotations dashed. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { readRadiograph } from "@malleolus/data";
import { decodeRuns, traceMask } from "@malleolus/geometry";
import { writeFileWhole } from "@malleolus/host";
import type { Finding } from "@malleolus/schema";
import { renderOverlay } from "../overlay.ts";
import { markOverlay } from "../own-output.ts";
import { shownFindings } from "../shown-findings.ts";
import type { Mistake } from "./worst-mistakes.ts";

const OURS = /^(missed|false-positive)-\d{2,}-.*\.png$/;

/**
 * Writes `missed-01-NAME.png`, `false-positive-01-NAME.png` and so on in place of those of an earlier
 * evaluation; says each one's score and path.
 */
export async function renderMistakes(
  mistakes: readonly Mistake[],
  findings: ReadonlyMap<number, readonly Finding[]>,
  classes: readonly string[],
  folder: string,
  say: (line: string) => void,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder).filter((name) => OURS.test(name))) {
    rmSync(join(folder, file));
  }
  const drawn = new Map<Mistake["kind"], number>();
  for (const { kind, image, score } of mistakes) {
    const place = (drawn.get(kind) ?? 0) + 1;
    drawn.set(kind, place);
    const name = basename(image.path, extname(image.path));
    const number = String(place).padStart(2, "0");
    const path = join(folder, `${kind.replace(" ", "-")}-${number}-${name}.png`);
    const truths = image.truths.map(({ mask }) => traceMask(decodeRuns(mask)));
    const shown = shownFindings(findings.get(image.id) ?? []);
    writeFileWhole(
      path,
      markOverlay(await renderOverlay(await readRadiograph(image.path), shown, classes, truths)),
    );
    say(`${kind.padEnd(14)}  score ${score.toFixed(3)}  ${path}`);
  }
}
