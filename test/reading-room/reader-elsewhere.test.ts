/**
 * One case of one reader in two places, in Debian's chromium: a second tab looks and does not write until it takes over,
 * and what two browsers have said of a case is chosen by its reader, with nothing overwritten in silence.
 */
import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  invite,
  join,
  newVisitor,
  setUp,
  signIn,
  waitForRadiographs,
} from "./visitor.ts";

test("reader elsewhere: a second tab looks, and two browsers are put right by the reader", {
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
  const first = await newVisitor(browser, address);
  await join(first.page, link, "jansen");
  await first.page.keyboard.press("Enter");
  await waitForRadiographs(first.page);
  const url = first.page.url();

  await context.test(
    "a second tab says so, changes nothing, and takes over when asked",
    async () => {
      await choose(first.page, "b", "Weber B");
      const tab = await first.context.newPage();
      await tab.goto(url);
      await waitForRadiographs(tab);
      await tab.getByText("This case is being edited in another tab.").waitFor();
      assert.ok(await isChosen(tab, "Weber B"), "it shows what was said");
      await assertAccessible(tab, "a second tab");
      await tab.keyboard.press("c");
      await tab.getByText("C changes nothing here.").waitFor();
      assert.ok(await isChosen(tab, "Weber B"));
      await tab.getByRole("button", { name: "Edit here" }).click();
      await first.page.getByText("This case is being edited in another tab.").waitFor();
      await choose(tab, "c", "Weber C");
      await tab.close();
    },
  );

  const second = await newVisitor(browser, address);
  await context.test("in another browser, each way of settling what was said twice", async () => {
    await second.page.goto(`${address}/login`);
    await signIn(second.page, "jansen");
    await second.page.getByRole("grid", { name: "Cases" }).waitFor();
    for (const [way, key, kept] of [
      ["Keep mine", "0", "No fracture"],
      ["Take the other", "c", "Weber A"],
    ] as const) {
      await first.page.goto(url);
      await second.page.goto(url);
      for (const { page } of [first, second]) await waitForRadiographs(page);
      await choose(first.page, "a", "Weber A");
      await second.page.keyboard.press(key);
      await second.page
        .getByText(/ was changed elsewhere since\. Keep yours, or take the other\.$/)
        .waitFor();
      assert.equal(await second.page.getByText(/^Saved /).count(), 0, "nothing is called saved");
      await assertAccessible(second.page, "changed elsewhere");
      await second.page.getByRole("button", { name: way }).click();
      await second.page.getByRole("radio", { name: kept, checked: true }).waitFor();
      if (way === "Keep mine") await second.page.getByText(/^Saved /).waitFor();
      await second.page.reload();
      await waitForRadiographs(second.page);
      assert.ok(await isChosen(second.page, kept), way);
    }
  });
  const own = (text: string) => !/status of 409/.test(text);
  assert.deepEqual(first.troubles.filter(own), []);
  assert.deepEqual(second.troubles.filter(own), []);
});

async function choose(page: Page, key: string, name: string): Promise<void> {
  await page.keyboard.press(key);
  assert.ok(await isChosen(page, name), name);
  await page.getByText(/^Saved /).waitFor();
}

function isChosen(page: Page, name: string): Promise<boolean> {
  return page.getByRole("radio", { name }).isChecked();
}
