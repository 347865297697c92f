/**
 * A day of those who run a study and of those who decide in it, in Debian's chromium, on one server: observers have
 * read and differ, a senior decides.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import { type Study, submitReading } from "@malleolus/studies";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { OBSERVERS, openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  invite,
  newVisitor,
  PASSWORD,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

/** Where pictures go for whoever wants to look; nowhere unless it is asked for. */
const PICTURES = process.env.STUDY_PICTURES;

test("study: a day of those who run it and those who decide in it", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const { study, server } = room;
  const [differing, leftOut] = await readByAll(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Senior");
  const { page, troubles } = await newVisitor(browser, server.address);
  await joinAs(page, link, "prof");

  await context.test(
    "a senior says what they see, then sees the readings and decides",
    async () => {
      const list = page.getByRole("navigation", { name: "To decide" });
      await list.getByRole("link").first().waitFor();
      assert.equal(await list.getByRole("link").count(), 2);
      await assertAccessible(page, "worklist of a senior who decides");
      await list.getByRole("link").first().click();
      await waitForRadiographs(page);
      assert.equal(await page.getByText("What the readers said").count(), 0);
      await assertAccessible(page, "own view");
      await page.keyboard.press("ArrowDown");
      await page.getByText("No readings are shown yet.").waitFor();
      await page.keyboard.press("c");
      await pictures(page, "decide-1-own");
      await page.keyboard.press("Enter");
      await page.getByText("Your own view is kept.").waitFor();
      await page.getByText("beyond doubt").first().waitFor();
      await assertAccessible(page, "readings");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByText("Say why, then decide.").waitFor();
      await page.keyboard.type("It begins at the plafond.");
      await pictures(page, "decide-2-readings");
      await page.keyboard.press("Control+Enter");
      await page.getByText("Your own view first").waitFor();
      await page.keyboard.press("x");
      await page.keyboard.press("5");
      await page.keyboard.press("Enter");
      await page.getByText("Your own view is kept.").waitFor();
      await page.keyboard.press("b");
      await page.getByLabel("Why (kept with the decision)").fill("No cast to be seen.");
      await page.getByRole("button", { name: "Decide and open next" }).click();
      await page.waitForURL(/worklist/);
      await list.waitFor({ state: "detached" });
      const verdicts = await study.database
        .selectFrom("verdicts")
        .select(["case_id", "how", "who"])
        .execute();
      assert.deepEqual(
        verdicts.map(({ case_id }) => case_id).toSorted(),
        [differing, leftOut].toSorted(),
      );
      assert.ok(verdicts.every(({ how, who }) => how === "adjudicated" && who === "senior-1"));
    },
  );

  await context.test(
    "those who run the study close what agrees, and see agreement and what waits",
    async () => {
      const { page: own } = administrator;
      await own.getByRole("link", { name: "Study", exact: true }).click();
      await own.getByText("Decided by a senior").waitFor();
      const part = (name: string) => own.getByRole("region", { name });
      await part("People").getByText("20 s").first().waitFor();
      await part("Agreement before anybody talked")
        .getByText(/, 2 decided cases/)
        .waitFor();
      await part("People").getByRole("button", { name: "Close what agrees" }).click();
      await own.getByText("2 agreed, 0 excluded; 0 wait for a decision.").waitFor();
      await part("Agreement before anybody talked")
        .getByText(/, 4 decided cases/)
        .waitFor();
      await part("Cases that wait").getByText("assignment").first().waitFor();
      await part("Data sets").getByRole("button", { name: "Freeze what is assigned now" }).click();
      await part("Data sets").getByRole("alert").waitFor();
      await assertAccessible(own, "study, dark");
      await pictures(own, "study");
      await own.evaluate('document.documentElement.dataset.theme = "light"');
      await assertAccessible(own, "study, light");
    },
  );
  assert.deepEqual(troubles, []);
  // A study without a training set was to be frozen.
  assert.equal(administrator.troubles.length, 1, administrator.troubles.join("\n"));
  assert.match(administrator.troubles[0], /status of 400/);
});

/** Two cases differ, the others agree; returns the two. */
async function readByAll(study: Study): Promise<readonly [string, string]> {
  const cases = await study.database.selectFrom("tasks").select("case_id").distinct().execute();
  const ids = cases.map(({ case_id }) => case_id).toSorted();
  for (const [index, caseId] of ids.entries()) {
    for (const [seat, reader] of OBSERVERS.entries()) {
      const differs = index < 2 && seat === 2;
      const decision =
        differs && index === 1
          ? ({ kind: "exclusion", id: "cast" } as const)
          : ({ kind: "class", id: differs ? "weber_a" : "weber_b" } as const);
      const note = "beyond doubt";
      await submitReading(study, {
        caseId,
        panel: "curation",
        reader,
        decision,
        note,
        seconds: 20,
      });
    }
  }
  return [ids[0], ids[1]];
}

async function joinAs(page: Page, link: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("User name").fill(login);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Password again").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
}

const SIZES = [
  { width: 2560, height: 1440 },
  { width: 390, height: 844 },
  { width: 1280, height: 720 },
];

/** The page in three sizes, dark and light. */
async function pictures(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  for (const theme of ["light", "dark"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.waitForTimeout(200);
      const path = joinPath(PICTURES, `${name}-${size.width}-${theme}.png`);
      await page.screenshot({ path, fullPage: true });
    }
  }
}
