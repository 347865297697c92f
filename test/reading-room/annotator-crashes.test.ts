/**
 * Tabs of the annotator's page that are killed while each tool has something in hand, and while a save is due, on its
 * way, refused a network; and two hundred steps, which a reload leaves. What is tried here is the browser's own
 * storage; every state of saving is in `drawing-kills.test.ts`.
 */
import assert from "node:assert/strict";
import test from "node:test";
import type { Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import {
  box,
  clickAt,
  drawable,
  drawnShapes,
  latestDraft,
  moveTo,
  placeOn,
  saved,
} from "./test-drawing.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import {
  assertAccessible,
  invite,
  join,
  newVisitor,
  setUp,
  waitForRadiographs,
} from "./visitor.ts";

/** What a browser itself says of a network that is down. */
const own = (text: string) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED/.test(text);

test("annotator: tabs killed with something in hand", { skip: noBrowser }, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(() => room.close());
  const { study, server } = room;
  study.protocol.annotation.unassistedShare = 0;
  await drawable(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Annotator 1");
  await administrator.context.close();
  const visitor = await newVisitor(browser, server.address, { hasTouch: true });
  let { page } = visitor;
  await join(page, link, "dekker");
  await page.keyboard.press("Enter");
  await waitForRadiographs(page);
  await ready(page);

  /** The renderer is killed: nothing of the page runs any more. */
  const crash = async () => {
    const { href } = new URL(page.url());
    const session = await visitor.context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    // Neither this nor closing it is answered: there is nobody left who could.
    void session.send("Page.crash").catch(() => undefined);
    await crashed;
    void page.close().catch(() => undefined);
    page = await visitor.context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(href);
    await waitForRadiographs(page);
    await ready(page);
  };
  let finished = 0;
  const begun: Readonly<Record<string, (on: Page) => Promise<void>>> = {
    async freehand(on) {
      await on.keyboard.press("g");
      const { at } = await placeOn(on, 0, 0.3, 0.3);
      await on.mouse.move(...at);
      await on.mouse.down();
      for (const [x, y] of [
        [0.5, 0.3],
        [0.5, 0.45],
        [0.35, 0.5],
      ] as const) {
        const next = await placeOn(on, 0, x, y);
        await on.mouse.move(...next.at, { steps: 6 });
      }
    },
    async "live wire"(on) {
      await on.keyboard.press("u");
      await clickAt(on, 0, 0.3, 0.3);
      await moveTo(on, 0, 0.5, 0.4);
      await clickAt(on, 0, 0.5, 0.5);
      await clickAt(on, 0, 0.3, 0.6);
    },
    async polygon(on) {
      await on.keyboard.press("p");
      await clickAt(on, 0, 0.3, 0.3);
      await clickAt(on, 0, 0.6, 0.3);
      await clickAt(on, 0, 0.6, 0.6);
    },
  };
  for (const [tool, begin] of Object.entries(begun)) {
    await context.test(`${tool}: what was begun is put aside, and goes on`, async () => {
      await page.keyboard.press("w");
      await begin(page);
      // A tenth of a second is what the journal has.
      await page.waitForTimeout(100);
      await crash();
      await page.getByText("Put aside: Fibula, AP").waitFor();
      await page.getByRole("button", { name: "Go on" }).click();
      await page.getByRole("button", { name: /^Finish/ }).click();
      finished++;
      await page.getByText("Put aside: Fibula, AP").waitFor({ state: "detached" });
      await saved(page);
      assert.equal((await drawnShapes(study)).length, finished);
      assert.deepEqual((await latestDraft(study)).parked, []);
    });
  }

  await context.test("a point that is dragged, and a box, leave what was there", async () => {
    const before = await drawnShapes(study);
    await page.keyboard.press("v");
    await page.getByRole("button", { name: "Fibula, AP", exact: true }).last().click();
    await page.keyboard.press("Enter");
    const { at } = await placeOn(page, 0, 0.6, 0.3);
    await page.mouse.move(...at);
    await page.mouse.down();
    await page.mouse.move(at[0] + 30, at[1] + 30, { steps: 4 });
    await crash();
    await page.keyboard.press("r");
    await page.mouse.move(...at);
    await page.mouse.down();
    await page.mouse.move(at[0] + 30, at[1] + 30, { steps: 4 });
    await crash();
    assert.deepEqual(await drawnShapes(study), before);
    assert.equal(await page.getByRole("button", { name: /^Fibula, AP/ }).count(), finished);
  });

  await context.test(
    "a save that is due, on its way, or answered to nobody, is there",
    async () => {
      // Due: it waits for its writer to rest.
      await box(page, 1, 0.2, 0.2);
      await page.waitForTimeout(100);
      await crash();
      finished++;
      await saved(page);
      assert.equal((await drawnShapes(study)).length, finished, "due");
      for (const arrives of [false, true]) {
        await page.route("**/draft", async (route) => {
          if (arrives) await route.fetch();
          // Its answer never comes.
        });
        await box(page, 1, 0.4, arrives ? 0.4 : 0.6);
        const isSent = page.waitForRequest("**/draft");
        await isSent;
        if (arrives) await untilDrawn(finished + 1);
        await crash();
        finished++;
        await saved(page);
        assert.equal(
          (await drawnShapes(study)).length,
          finished,
          arrives ? "arrived" : "on its way",
        );
      }
      // Without a network from now on, but for the page that is opened after it.
      await page.route("**/api/**", (route) => route.abort("internetdisconnected"));
      await box(page, 1, 0.6, 0.2);
      await page.getByText("Offline. 1 change is kept on this computer").waitFor();
      await crash();
      finished++;
      await saved(page);
      assert.equal((await drawnShapes(study)).length, finished, "offline");
    },
  );
  async function untilDrawn(count: number): Promise<void> {
    const end = Date.now() + 30_000;
    while ((await drawnShapes(study)).length < count) {
      assert.ok(Date.now() < end, `${count} shapes on the server`);
      await page.waitForTimeout(50);
    }
  }

  await context.test("two hundred steps are undone after a reload", async () => {
    await page.getByRole("button", { name: "Fibula, AP", exact: true }).first().click();
    for (let i = 0; i < 204; i++) await page.keyboard.press("l");
    await saved(page);
    await page.reload();
    await waitForRadiographs(page);
    await ready(page);
    for (let i = 0; i < 200; i++) await page.keyboard.press("Control+z");
    await page.getByText("Undid: locked or unlocked a shape, AP").waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("There is nothing to undo.").waitFor();
  });

  await context.test("a line by fingers alone: what keys end, buttons end", async () => {
    const { touchscreen } = page;
    await page.getByRole("radio", { name: /^Fracture/ }).tap();
    await page.getByRole("button", { name: "Line with a width" }).tap();
    for (const [x, y] of [
      [0.3, 0.7],
      [0.5, 0.72],
      [0.9, 0.9],
    ] as const) {
      const { at } = await placeOn(page, 0, x, y);
      await touchscreen.tap(...at);
    }
    await page.getByRole("button", { name: /^Last point back/ }).tap();
    await assertAccessible(page, "a line in hand");
    await page.getByRole("button", { name: /^Finish/ }).tap();
    await page.getByRole("button", { name: "Fracture, AP", exact: true }).waitFor();
    finished++;
    await saved(page);
    const line = (await drawnShapes(study)).find(({ form }) => form === "line");
    assert.equal(line?.points.length, 4);
    await page.getByText(/^2 points · box [\d.]+ x [\d.]+ mm$/).waitFor();
  });

  await context.test("a comment by keys alone", async () => {
    await page.locator(".view-stage").first().focus();
    await page.keyboard.press("o");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press(" ");
    await page.getByLabel(/^New comment/).fill("Is this the line?");
    await page.getByRole("button", { name: "Send" }).first().press("Enter");
    await page.getByText("Is this the line?").waitFor();
  });

  await context.test(
    "Space held to pan sets no point, and nobody draws on what is hidden",
    async () => {
      await page.locator(".view-stage").first().focus();
      await page.keyboard.press("p");
      const { at } = await placeOn(page, 0, 0.5, 0.5);
      for (const dx of [30, -30]) {
        await page.keyboard.down(" ");
        await page.mouse.move(...at);
        await page.mouse.down();
        await page.mouse.move(at[0] + dx, at[1], { steps: 4 });
        await page.mouse.up();
        await page.keyboard.up(" ");
      }
      await page.keyboard.press("Escape");
      assert.equal(await page.getByText(/^Put aside/).count(), 0);
      await page.keyboard.press("p");
      await page.keyboard.press("h");
      await page.getByRole("button", { name: "Shapes shown", pressed: false }).waitFor();
      await page.mouse.click(...at);
      await page.getByRole("button", { name: "Shapes shown", pressed: true }).waitFor();
      assert.equal(
        await page.getByRole("button", { name: /^Put aside/ }).count(),
        0,
        "nothing begun",
      );
    },
  );
  assert.deepEqual(visitor.troubles.filter(own), []);
});

/** Keys draw once the case is this page's to write. */
async function ready(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Polygon" }).waitFor();
}
