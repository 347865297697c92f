/** Drawing in a browser, for tests: cases that may be drawn, places on a view, what the server has of them. */
import assert from "node:assert/strict";
import { annotationDraftColumn, type DrawnShape } from "@malleolus/schema";
import { assignAnnotators, type Study } from "@malleolus/studies";
import type { Page } from "playwright-core";

/** The cases of the study as if their readers had agreed, given to both annotators. */
export async function drawable(study: Study): Promise<string[]> {
  await study.database
    .updateTable("cases")
    .set({ state: "agreed", class: "weber_b" })
    .where("state", "in", ["candidate fracture", "candidate no fracture", "read"])
    .execute();
  await study.database.deleteFrom("tasks").execute();
  const rows = await study.database
    .selectFrom("cases")
    .select("id")
    .where("class", "is not", null)
    .execute();
  const ids = rows.map(({ id }) => id);
  assert.ok((await assignAnnotators(study, ids)) > 1);
  return ids;
}

export async function latestDraft(study: Study) {
  const row = await study.database
    .selectFrom("annotation_drafts")
    .select("content")
    .orderBy("at", "desc")
    .limit(1)
    .executeTakeFirstOrThrow();
  return annotationDraftColumn.read(row.content, "draft");
}

export async function drawnShapes(study: Study): Promise<readonly DrawnShape[]> {
  return (await latestDraft(study)).shapes;
}

/** A place of a view's picture, as shares of its stage. */
export async function placeOn(page: Page, view: number, x: number, y: number) {
  const bounds = await page.locator(".view-stage").nth(view).boundingBox();
  assert.ok(bounds !== null);
  return { bounds, at: [bounds.x + x * bounds.width, bounds.y + y * bounds.height] as const };
}

/** Clicks, and says which pixel of the radiograph that is while the whole of it is seen. */
export async function clickAt(page: Page, view: number, x: number, y: number) {
  const { bounds, at } = await placeOn(page, view, x, y);
  await page.mouse.click(...at);
  const [width, height] = await imageSize(page, view);
  const scale = Math.min(bounds.width / width, bounds.height / height);
  return [
    width / 2 + (at[0] - bounds.x - bounds.width / 2) / scale,
    height / 2 + (at[1] - bounds.y - bounds.height / 2) / scale,
  ] as const;
}

/** From the server, as the page got it. */
async function imageSize(page: Page, view: number): Promise<readonly [number, number]> {
  const code = new URL(page.url()).pathname.split("/").at(-1);
  return page.evaluate<readonly [number, number]>(
    `fetch("/api/annotating/${code}").then((answer) => answer.json())
      .then(({ images }) => [images[${view}].width, images[${view}].height])`,
  );
}

export async function moveTo(page: Page, view: number, x: number, y: number): Promise<void> {
  const { at } = await placeOn(page, view, x, y);
  await page.mouse.move(...at, { steps: 4 });
  await page.waitForTimeout(400);
}

export async function box(page: Page, view: number, x: number, y: number): Promise<void> {
  await page.keyboard.press("r");
  const from = await placeOn(page, view, x, y);
  const to = await placeOn(page, view, x + 0.15, y + 0.1);
  await page.mouse.move(...from.at);
  await page.mouse.down();
  await page.mouse.move(...to.at, { steps: 5 });
  await page.mouse.up();
}

/** Until the server has acknowledged everything. */
export async function saved(page: Page): Promise<void> {
  await page.locator('[data-save="saved"]').waitFor();
  // What was done just now is put after its event.
  await page.waitForTimeout(50);
  await page.locator('[data-save="saved"]').waitFor();
}
