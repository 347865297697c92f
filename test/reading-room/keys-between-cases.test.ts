/**
 * Keys at the moment a case appears, and while there is none: each is the case's that is on the screen, or is
 * refused in words. Nothing is lost in silence, and nothing reaches a case that its reader had not seen.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { readProgress } from "@malleolus/studies";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import { invite, join, newVisitor, setUp, waitForRadiographs } from "./visitor.ts";

test("keys between cases: one is taken the moment its case appears, or refused in words", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { address, setupLink } = room.server;
  const administrator = await newVisitor(browser, address);
  await setUp(administrator.page, setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Observer 1");
  const { page, troubles } = await newVisitor(browser, address);
  await join(page, link, "jansen");
  await page.keyboard.press("Enter");
  await waitForRadiographs(page);
  const first = page.url();

  await context.test("a key that comes with the case, before anything else happened", async () => {
    await pressWhenTheCaseChanges(page, "b");
    await page.keyboard.press("f");
    await page.waitForURL((url) => url.href !== first);
    await page.getByText(/^Saved /).waitFor();
    assert.deepEqual(await chosen(page), ["Weber B"]);
    await page.reload();
    await waitForRadiographs(page);
    assert.deepEqual(await chosen(page), ["Weber B"], "it was saved");
  });

  await context.test("a key after a submission, and one while the next case loads", async () => {
    const [submission, cases] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // A slow network: the answers wait until the keys have been pressed.
    await page.route("**/api/cases/*/reading", async (route) => {
      await submission.promise;
      await route.continue();
    });
    await page.route(/\/api\/cases\/[a-z0-9]+$/, async (route) => {
      await cases.promise;
      await route.continue();
    });
    await page.keyboard.press("Shift+3");
    await page.keyboard.press("Enter");
    await page.keyboard.press("c");
    await page.getByText("This case is being submitted; C changes nothing.").waitFor();
    assert.deepEqual(await chosen(page), ["Weber B"]);
    submission.resolve();
    await page.getByText("C came before the case was shown and did nothing.").waitFor();
    assert.deepEqual(await chosen(page), []);
    await page.goto(`${address}/worklist`);
    await page.getByRole("row").nth(1).click();
    await page.keyboard.press("a");
    await page.getByText("A came before the case was shown and did nothing.").waitFor();
    cases.resolve();
    await waitForRadiographs(page);
    await page.getByText("A came before the case was shown and did nothing.").waitFor();
    assert.deepEqual(await chosen(page), [], "no class that was not seen");
    await page.keyboard.press("a");
    assert.deepEqual(await chosen(page), ["Weber A"]);
  });

  await context.test("what was submitted is what was seen", async () => {
    const progress = await readProgress(room.study);
    assert.equal(progress.find(({ person }) => person === "observer-1")?.done, 1);
    const readings = await room.study.database
      .selectFrom("readings")
      .select(["decision_id", "certainty"])
      .execute();
    assert.deepEqual(
      readings.map(({ decision_id, certainty }) => [decision_id, certainty]),
      [["weber_b", 3]],
    );
  });
  assert.deepEqual(troubles, []);
});

/** The classes and exclusions that are checked. */
async function chosen(page: Page): Promise<string[]> {
  return page.evaluate<
    string[]
  >(`[...document.querySelectorAll(".choice[data-selected]")].map((one) =>
    [...one.children].map((part) => part.textContent).find((text) => text.length > 1))`);
}

/** In the same turn of the page's own loop in which the next case is put on the screen. */
async function pressWhenTheCaseChanges(page: Page, key: string): Promise<void> {
  await page.evaluate(`(() => {
    const title = () => document.querySelector("h1")?.textContent ?? "";
    const before = title();
    const observer = new MutationObserver(() => {
      if (!title().startsWith("Case ") || title() === before) return;
      observer.disconnect();
      const code = "Key" + ${JSON.stringify(key.toUpperCase())};
      const press = { key: ${JSON.stringify(key)}, code, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new KeyboardEvent("keydown", press));
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);
}
