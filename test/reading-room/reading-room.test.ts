/**
 * A day in the reading room, in Debian's chromium, on the real server and a small simulated study: an
 * administrator invites, three observers read. Nobody causes an error on the console, a violation of
 * the content policy, a request to anybody else, or a finding of axe.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { readProgress } from "@malleolus/studies";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { OBSERVERS, openRoom, type Room, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  invite,
  join,
  newVisitor,
  pictureOf,
  setUp,
  signIn,
  type Visitor,
  waitForRadiographs,
} from "./visitor.ts";

test("reading room: a day of three observers in a browser", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { address, setupLink } = room.server;
  const administrator = await newVisitor(browser, address);
  const links: string[] = [];

  await context.test("the administrator sets up the room and invites three observers", async () => {
    const { page } = administrator;
    await page.goto(setupLink ?? "");
    await page.getByLabel("Your name").waitFor();
    await assertAccessible(page, "set-up");
    await setUp(page, setupLink ?? "");
    for (const number of [1, 2, 3]) links.push(await invite(page, `Simulated Observer ${number}`));
    await assertAccessible(page, "people");
    assert.equal(new Set(links).size, 3);
    assert.deepEqual(administrator.troubles, []);
  });
  const [first, second, third] = links;

  await context.test("the first reads three cases by keys alone and withdraws one", () =>
    readByKeys(browser, room, first),
  );
  await context.test(
    "the second, in the administrator's browser, reads by mouse, measures, excludes, in light and in portrait",
    () => readByMouse(administrator, second),
  );
  await context.test("the third loses the network and the session, and no reading", () =>
    readWithTrouble(browser, address, third),
  );

  await context.test("what was called saved is in the study", async () => {
    const progress = await readProgress(room.study);
    const done = OBSERVERS.map((id) => progress.find(({ person }) => person === id)?.done);
    assert.deepEqual(done, [2, 2, 1]);
  });
});

async function readByKeys(browser: Browser, room: Room, link: string): Promise<void> {
  const visitor = await newVisitor(browser, room.server.address);
  const { page } = visitor;
  await join(page, link, "jansen");
  await assertAccessible(page, "worklist, dark");

  // The button to begin has the focus.
  await page.keyboard.press("Enter");
  await waitForRadiographs(page);
  await assertAccessible(page, "reader, dark");
  const before = await pictureOf(page, 0);
  assert.ok(before.greys > 50, `${before.greys} greys`);

  await page.keyboard.press("i");
  await page.waitForTimeout(100);
  assert.ok(Math.abs((await pictureOf(page, 0)).mean - before.mean) > 5, "inverted");
  await page.keyboard.press("Shift+Home");
  await page.waitForTimeout(100);
  assert.ok(Math.abs((await pictureOf(page, 0)).mean - before.mean) < 0.5, "as before");

  // A certainty is asked for and never guessed.
  await page.keyboard.press("b");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Say how certain you are.").waitFor();
  const firstCase = page.url();
  await submit(page, "Shift+4");
  assert.notEqual(page.url(), firstCase);
  await page.getByText(/^Saved /).waitFor();

  await waitForRadiographs(page);
  await page.keyboard.press("Shift+?");
  await page.getByRole("heading", { name: "Keys of this page" }).waitFor();
  await assertAccessible(page, "keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("0");
  const secondCase = page.url();
  await submit(page, "Shift+5");
  await page.getByRole("button", { name: /^Withdraw / }).click();
  await page.waitForURL(secondCase);
  await waitForRadiographs(page);
  assert.ok(await page.getByRole("radio", { name: "No fracture" }).isChecked(), "the draft again");

  await page.keyboard.press("f");
  await page.waitForURL((url) => ![firstCase, secondCase].includes(url.href));
  await waitForRadiographs(page);
  await page.keyboard.press("a");
  assert.ok(await page.getByRole("radio", { name: "Weber A" }).isChecked(), "at the first press");
  await submit(page, "Shift+2");
  await finish(visitor);
}

async function submit(page: Page, certainty: string): Promise<void> {
  const { href } = new URL(page.url());
  await page.keyboard.press(certainty);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href !== href);
}

/** Where somebody else is signed in: the link makes it the observer's. */
async function readByMouse(visitor: Visitor, link: string): Promise<void> {
  const { page } = visitor;
  await join(page, link, "pieters");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByText("Light", { exact: true }).click();
  await assertAccessible(page, "settings, light");
  await page.getByRole("link", { name: "Display check" }).click();
  await page.getByText("I see the dark square").click();
  await page.getByText("I see the bright square").click();
  await page.getByRole("button", { name: "Keep the check of today" }).click();
  await page.getByText(/^Checked today at/).waitFor();
  await assertAccessible(page, "display check, light");

  await page.getByRole("link", { name: "Worklist" }).click();
  await page.getByRole("row").nth(1).click();
  await waitForRadiographs(page);
  await assertAccessible(page, "reader, light");

  const stage = page.locator(".view-stage").first();
  const before = await pictureOf(page, 0);
  await drag(page, stage, [100, 200], [100, 330]);
  assert.ok((await pictureOf(page, 0)).mean < before.mean - 3, "down is darker");
  await stage.click({ button: "right", position: { x: 60, y: 60 } });
  await page.getByRole("menuitem", { name: /^Default/ }).click();
  await page.waitForTimeout(100);
  assert.ok(Math.abs((await pictureOf(page, 0)).mean - before.mean) < 0.5, "the file's window");
  // A key works right after a menu has closed.
  await page.keyboard.press("i");
  await page
    .getByText(/inverted/)
    .first()
    .waitFor();
  await page.keyboard.press("i");

  await page.getByRole("button", { name: "Length" }).click();
  await page.getByText("Length: click the first end").waitFor();
  await stage.click({ position: { x: 80, y: 200 } });
  await stage.click({ position: { x: 180, y: 200 } });
  await page.locator(".measurement-list li", { hasText: /\d+\.\d mm/ }).waitFor();
  await page.getByText("Weber B", { exact: true }).click();
  await page.locator(".segment", { hasText: "3" }).click();
  await page.locator(".visibility-row .segment", { hasText: "Difficult" }).first().click();
  await page.getByLabel("Note").fill("thin line");
  await page.getByText(/^Saved /).waitFor();
  const measured = page.url();
  await page.reload();
  await waitForRadiographs(page);
  assert.equal(await page.locator(".measurement-list li").count(), 1);
  assert.equal(await page.getByLabel("Note").inputValue(), "thin line");
  await page.getByRole("button", { name: /^Submit and open next/ }).click();
  await page.waitForURL((url) => url.href !== measured);

  await page.setViewportSize({ width: 1200, height: 1920 });
  await waitForRadiographs(page);
  await assertAccessible(page, "reader, portrait");
  await page.getByRole("button", { name: /^Exclude/ }).click();
  await page.getByText("Cast", { exact: true }).click();
  const excluded = page.url();
  await page.getByRole("button", { name: /^Submit and open next/ }).click();
  await page.waitForURL((url) => url.href !== excluded);
  await page.goto(measured);
  await page.getByText("You submitted this case.").waitFor();
  await waitForRadiographs(page);
  await assertAccessible(page, "a submitted case");
  await finish(visitor);
}

async function drag(
  page: Page,
  stage: ReturnType<Page["locator"]>,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
): Promise<void> {
  const box = await stage.boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + fromX, box.y + fromY);
  await page.mouse.down();
  await page.mouse.move(box.x + toX, box.y + toY, { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(100);
}

async function readWithTrouble(browser: Browser, address: string, link: string): Promise<void> {
  const visitor = await newVisitor(browser, address, { locale: "nl-NL" });
  const { page, context } = visitor;
  await page.goto(link);
  await page.getByLabel("Gebruikersnaam").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "nl");
  await page.goto(`${address}/login`);
  // A page has its words a moment later than its scripts.
  await page.getByLabel("Gebruikersnaam").waitFor();
  await assertAccessible(page, "sign-in, Dutch");
  await context.clearCookies();
  const english = await newVisitor(browser, address);
  await join(english.page, link, "willems");
  await english.page.keyboard.press("Enter");
  await waitForRadiographs(english.page);

  await english.context.setOffline(true);
  await english.page.keyboard.press("c");
  await english.page.getByText("Offline. 1 change is kept on this computer").waitFor();
  assert.equal(await english.page.getByText(/^Saved /).count(), 0, "nothing is called saved");
  await english.context.setOffline(false);
  await english.page.getByText(/^Saved /).waitFor();

  await english.context.clearCookies();
  await english.page.keyboard.press("Shift+1");
  await english.page.getByText("Your session ended. Sign in here; nothing is lost.").waitFor();
  await signIn(english.page, "willems");
  await waitForRadiographs(english.page);
  assert.ok(await english.page.getByRole("radio", { name: "Weber C" }).isChecked());
  assert.ok(await english.page.getByRole("radio", { name: "1 possible" }).isChecked());
  const open = english.page.url();
  await english.page.keyboard.press("Enter");
  await english.page.waitForURL((url) => url.href !== open);
  // What the browser itself says of a network that is down, and of an answer of 401.
  const own = (text: string) => !/ERR_INTERNET_DISCONNECTED|status of 401/.test(text);
  assert.deepEqual(english.troubles.filter(own), []);
  await english.context.close();
  await finish(visitor);
}

async function finish({ context, troubles }: Visitor): Promise<void> {
  await context.close();
  assert.deepEqual(troubles, []);
}
