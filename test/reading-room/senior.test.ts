/**
 * A senior in Debian's chromium: looks at a drawing, comments, gives it back; then settles what both annotators have
 * submitted, once by adopting a drawing and once by mending one, and sees what agrees settled together.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import { type DrawnShape, emptyAnnotation, outlinesColumn } from "@malleolus/schema";
import {
  type AnnotatorTask,
  annotatorWorklist,
  assignAnnotators,
  findAnnotatorTask,
  readerImages,
  type Study,
  submitAnnotationDraft,
} from "@malleolus/studies";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { ANNOTATORS, openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  goTo,
  invite,
  newVisitor,
  PASSWORD,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

/** Where pictures go for whoever wants to look; nowhere unless it is asked for. */
const PICTURES = process.env.ANNOTATOR_PICTURES;

test("senior: drawings are reviewed, given back and settled", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const { study, server } = room;
  const id = await drawableCase(study);
  // A fibula on the first two views: far apart on one, less on the other, and nothing on the third.
  await submitBoth(study, 0);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Senior");
  const { page, troubles } = await newVisitor(browser, server.address);
  await joinAs(page, link, "prof");

  await context.test("a drawing is commented on and given back", async () => {
    await page.getByRole("navigation", { name: "Review" }).getByRole("link").first().waitFor();
    await assertAccessible(page, "worklist of a senior");
    await picture(page, "senior-1-worklist");
    await page.getByRole("navigation", { name: "Review" }).getByRole("link").first().click();
    await waitForRadiographs(page);
    await assertAccessible(page, "review");
    await page.keyboard.press("o");
    await page.getByText("Click the place to comment on").waitFor();
    await page.locator(".view-stage").first().click();
    await page.getByLabel(/^New comment/).fill("The tip is lower.");
    await page.getByRole("button", { name: "Send" }).first().click();
    await page.getByText("The tip is lower.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Why it is given back").fill("The tip of the fibula is lower.");
    await picture(page, "senior-2-review");
    await page.getByRole("button", { name: "Give back" }).click();
    await page.waitForURL(/worklist/);
    const returned = await study.database
      .selectFrom("returned_annotations")
      .selectAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual([returned.reason, returned.case_id], ["The tip of the fibula is lower.", id]);
    // The list that was there before is shown until the server has answered.
    await page.getByRole("navigation", { name: "Settle" }).waitFor({ state: "detached" });
    // The annotator draws it anew.
    for (const person of ANNOTATORS) {
      if (person === returned.annotator) await submit(study, person, 1);
    }
  });

  await context.test("one radiograph is settled by a drawing as it is, by keys", async () => {
    await page.reload();
    const settling = page.getByRole("navigation", { name: "Settle" });
    await settling.getByText("2 differ, overlap 0.00").click();
    await waitForRadiographs(page);
    await page.getByRole("radiogroup", { name: "What holds: AP" }).waitFor();
    await assertAccessible(page, "settling, dark");
    const scales = await page.locator(".view-values").allTextContents();
    const [worst, next] = scales.map((text) => Number(/(\d+) %/.exec(text)?.[1]));
    assert.ok(worst > next, `where both differ is looked at closely: ${scales}`);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await picture(page, "senior-3-settle");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Say why, then settle.").waitFor();
    await page.getByLabel("Why (kept with the decision)").fill("The second follows the cortex.");
    await page.getByRole("button", { name: "Settle AP" }).click();
    await page.getByText("Settled: AP.").waitFor();
    const [{ outlines, why, who }] = await truths(study);
    assert.deepEqual([why, who], ["The second follows the cortex.", "senior-1"]);
    assert.equal(outlinesColumn.read(outlines, "truth").length, 1);
  });

  await context.test("the next is mended: a copy, a point moved, a grade, a reason", async () => {
    await page.getByRole("radiogroup", { name: "What holds: Mortise" }).waitFor();
    await page.keyboard.press("m");
    const shape = page.getByRole("button", { name: "Fibula, Mortise", exact: true });
    await shape.click();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Next point" }).press("Enter");
    await page.locator(".view-stage").nth(1).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByText("moved a point").first().waitFor();
    await picture(page, "senior-4-mend");
    await assertAccessible(page, "settling, a drawing mended");
    await page.getByLabel("Why (kept with the decision)").fill("Between the two.");
    await page.getByRole("button", { name: "Settle Mortise" }).click();
    await page.getByText("Both agree here.").waitFor();
    assert.equal((await truths(study)).length, 2);
  });

  await context.test("what agrees is settled together, and nothing is left", async () => {
    await page.getByRole("button", { name: "Back to the worklist" }).click();
    await page.getByRole("button", { name: "Settle where both agree (1)" }).click();
    await page.getByRole("navigation", { name: "Settle" }).waitFor({ state: "detached" });
    const hows = (await truths(study)).map(({ how }) => how);
    assert.deepEqual(hows, ["adjudicated", "adjudicated", "agreed"]);
  });
  assert.deepEqual(troubles, []);

  await context.test("those who run the study see how long drawing took", async () => {
    const { page } = administrator;
    await goTo(page, "Drawing times");
    await page.getByRole("heading", { name: "How long drawing takes" }).waitFor();
    for (const [person, seconds] of [
      ["Simulated Annotator 1", "40"],
      ["Simulated Annotator 2", "80"],
    ] as const) {
      const row = page.getByRole("row", { name: person });
      await row.getByRole("cell", { name: "3 of 1 patients" }).waitFor();
      await row.getByRole("cell", { name: new RegExp(`^${seconds}( |$)`) }).waitFor();
    }
    await assertAccessible(page, "drawing times, dark");
    await page.emulateMedia({ colorScheme: "light" });
    await assertAccessible(page, "drawing times, as the computer says");
    assert.deepEqual(administrator.troubles, []);
  });
});

/** One case with three views, as if its readers had agreed, given to both annotators. */
async function drawableCase(study: Study): Promise<string> {
  await study.database.deleteFrom("tasks").execute();
  await study.database.updateTable("cases").set({ state: "agreed", class: "weber_b" }).execute();
  const rows = await study.database
    .selectFrom("images")
    .select("case_id")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .groupBy("case_id")
    .execute();
  const found = rows.find(({ count }) => Number(count) === 3);
  assert.ok(found !== undefined);
  assert.equal(await assignAnnotators(study, [found.case_id]), 1);
  return found.case_id;
}

async function submitBoth(study: Study, version: number): Promise<void> {
  for (const person of ANNOTATORS) await submit(study, person, version);
}

async function submit(study: Study, person: string, version: number): Promise<void> {
  const { entries } = await annotatorWorklist(study, person, {
    status: "left",
    search: undefined,
    limit: 10,
  });
  const task: AnnotatorTask = await findAnnotatorTask(study, person, entries[0].code);
  const images = (await readerImages(study, "a secret", task)).map(({ sha256 }) => sha256);
  const isFirst = person === ANNOTATORS[0];
  const shapes = [
    square(images[0], isFirst ? 100 : 200, 60),
    square(images[1], isFirst ? 100 : 130, 60),
  ];
  const visibility = Object.fromEntries(images.map((image) => [image, "impossible" as const]));
  const seconds = Object.fromEntries(images.map((image) => [image, isFirst ? 40 : 80]));
  await submitAnnotationDraft(study, task, {
    version,
    content: { ...emptyAnnotation, shapes, visibility, seconds },
  });
}

function square(image: string, x: number, side: number): DrawnShape {
  const y = 150;
  return {
    id: `s${x}-${image.slice(0, 8)}`,
    image,
    structure: "fibula",
    form: "polygon",
    points: [x, y, x + side, y, x + side, y + side, x, y + side],
    widthMm: null,
    order: 1,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
  };
}

async function joinAs(page: Page, link: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("User name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
}

function truths(study: Study) {
  return study.database.selectFrom("image_truths").selectAll().orderBy("at").execute();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: joinPath(PICTURES, `${name}.png`) });
}
