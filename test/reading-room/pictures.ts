/** Pictures of a page for whoever wants to look at it: a folder in STUDY_PICTURES asks for them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";

const FOLDER = process.env.STUDY_PICTURES;
const SIZES = [
  { width: 2560, height: 1440 },
  { width: 390, height: 844 },
  { width: 1280, height: 720 },
];

/** The page in three sizes, dark and light. */
export async function pictures(page: Page, name: string): Promise<void> {
  if (FOLDER === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  for (const theme of ["light", "dark"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.waitForTimeout(200);
      const path = join(FOLDER, `${name}-${size.width}-${theme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
}
