/**
 * An annotator's first cases in Debian's chromium, on the real server and a small simulated study: a fibula and
 * a fracture drawn by mouse, wire and keys; proposals decided; tabs, network and server killed in the
 * middle; two browsers that disagree. Nobody causes an error on the console or a finding of axe.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import { imageColumn } from "@malleolus/schema";
import { startServer } from "@malleolus/server";
import { type Study, storeProposals } from "@malleolus/studies";
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
  signIn,
  waitForRadiographs,
} from "./visitor.ts";

/** Where pictures go for whoever wants to look; nowhere unless it is asked for. */
const PICTURES = process.env.ANNOTATOR_PICTURES;

/** What a browser itself says of a network that is down, and of answers that were expected. */
const own = (text: string) =>
  !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_NETWORK|status of 40[19]|status of 503/.test(text);

test("annotator: first cases in a browser", { skip: noBrowser }, async (context) => {
  const room = await openRoom(scratchFolder(context));
  let { server } = room;
  context.after(async () => {
    await server.stop();
    await room.close().catch(() => undefined);
  });
  const { study } = room;
  study.protocol.annotation.unassistedShare = 0;
  const cases = await drawable(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  await setUp(administrator.page, server.setupLink ?? "");
  const link = await invite(administrator.page, "Simulated Annotator 1");
  await administrator.context.close();
  const visitor = await newVisitor(browser, server.address);
  let { page } = visitor;
  await join(page, link, "dekker");
  await assertAccessible(page, "worklist of an annotator");

  await context.test("a fibula by mouse and a fracture by two clicks of the wire", async () => {
    await page.keyboard.press("Enter");
    await waitForRadiographs(page);
    await assertAccessible(page, "annotator, dark");
    await picture(page, "1-open");
    await page.keyboard.press("w");
    await page.keyboard.press("p");
    const ring = [
      [0.4, 0.3],
      [0.5, 0.3],
      [0.52, 0.5],
      [0.42, 0.52],
    ] as const;
    const clicked = [];
    for (const [x, y] of ring) clicked.push(await clickAt(page, 0, x, y));
    await clickAt(page, 0, 0.8, 0.8);
    await page.keyboard.press("Backspace");
    await picture(page, "2-drawing");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Fibula, AP", exact: true }).waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("Nothing is drawn yet.").waitFor();
    await page.keyboard.press("Control+y");
    await page.getByRole("button", { name: "Fibula, AP", exact: true }).waitFor();
    await saved(page);
    const [fibula] = await drawnShapes(study);
    const apart = clicked.map(([x, y], i) =>
      Math.hypot(x - fibula.points[2 * i], y - fibula.points[2 * i + 1]),
    );
    assert.ok(Math.max(...apart) < 3, `${apart} pixels beside what was meant`);

    await page.keyboard.press("e");
    await page.keyboard.press("u");
    await clickAt(page, 0, 0.42, 0.4);
    await moveTo(page, 0, 0.46, 0.42);
    await clickAt(page, 0, 0.5, 0.44);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Fracture, AP", exact: true }).waitFor();
    await saved(page);
    const line = (await drawnShapes(study)).find(({ structure }) => structure === "fracture");
    assert.deepEqual([line?.form, line?.widthMm], ["line", 3]);
    await picture(page, "3-drawn");
  });

  await context.test("a polygon by keys alone, and its points in the list", async () => {
    await page.keyboard.press("v");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("q");
    await page.keyboard.press("p");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    for (const [key, times] of [
      ["Shift+ArrowRight", 3],
      ["Shift+ArrowDown", 4],
      ["Shift+ArrowLeft", 3],
    ] as const) {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
      await page.keyboard.press(" ");
    }
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Tibia, Mortise", exact: true }).waitFor();
    await page.getByRole("button", { name: "Next point" }).press("Enter");
    await page.getByText("Point 2 of 4").waitFor();
    const column = page.getByLabel("Column of the point");
    const before = Number(await column.inputValue());
    await column.fill(String(before + 12));
    await column.press("Enter");
    await page.getByRole("button", { name: "Insert a point behind it" }).press("Enter");
    await page.getByText("Point 3 of 5").waitFor();
    await saved(page);
    const tibia = (await drawnShapes(study)).find(({ structure }) => structure === "tibia");
    assert.equal(tibia?.points[2], before + 12);
    await assertAccessible(page, "annotator with points");
    await picture(page, "4-points");
  });

  await context.test(
    "a tab that dies in the middle of an outline finds it again, and undo goes on",
    async () => {
      const { href } = new URL(page.url());
      await page.keyboard.press("Escape");
      await page.keyboard.press("p");
      for (const [x, y] of [
        [0.2, 0.2],
        [0.3, 0.2],
        [0.3, 0.3],
      ] as const) {
        await clickAt(page, 2, x, y);
      }
      await page.waitForTimeout(100);
      // The renderer is killed: nothing of the page runs any more.
      const session = await visitor.context.newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      // Neither this nor closing it is answered: there is nobody left who could.
      void session.send("Page.crash").catch(() => undefined);
      await crashed;
      void page.close().catch(() => undefined);
      page = await visitor.context.newPage();
      page.setDefaultTimeout(30_000);
      await page.goto(href);
      await waitForRadiographs(page);
      await page.getByText("Put aside: Tibia, Lateral").waitFor();
      await page.getByRole("button", { name: "Go on" }).click();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Tibia, Lateral", exact: true }).waitFor();
      await saved(page);
      assert.equal((await drawnShapes(study)).length, 4);
      await page.reload();
      await waitForRadiographs(page);
      // Keys draw once the case is this page's to write.
      await page.getByRole("button", { name: "Undo", disabled: false }).waitFor();
      await page.keyboard.press("Control+z");
      await page.getByText("Undid: drew a shape").waitFor();
      await page.keyboard.press("Control+y");
      await page.getByRole("button", { name: "Tibia, Lateral", exact: true }).waitFor();
      await saved(page);
    },
  );

  await context.test(
    "without a network and without a server nothing is lost and nothing called saved",
    async () => {
      await visitor.context.setOffline(true);
      await page.keyboard.press("p");
      await box(page, 2, 0.6, 0.6);
      await page.getByText("Offline. 1 change is kept on this computer").waitFor();
      await visitor.context.setOffline(false);
      await saved(page);
      assert.equal((await drawnShapes(study)).length, 5);
      const port = Number(new URL(server.address).port);
      await server.stop();
      await box(page, 2, 0.2, 0.7);
      await page.getByText(/^Offline\.|^Not saved/).waitFor();
      server = await startServer({ study, webFolder: room.webFolder, port });
      // It also tries again by itself, and the button is then gone: whichever comes first.
      await Promise.any([page.getByRole("button", { name: "Retry now" }).click(), saved(page)]);
      await saved(page);
      assert.equal((await drawnShapes(study)).length, 6);
      // A session that ended: signed in again, everything is there.
      await visitor.context.clearCookies();
      await page.keyboard.press("Shift+2");
      await page.getByText("Your session ended. Sign in here; nothing is lost.").waitFor();
      await signIn(page, "dekker");
      await waitForRadiographs(page);
      await saved(page);
      assert.equal((await drawnShapes(study)).length, 6);
    },
  );

  await context.test(
    "one shape in two browsers: the panel appears, nothing disappears",
    async () => {
      const { href } = new URL(page.url());
      const other = await newVisitor(browser, server.address);
      await other.page.goto("/login");
      await signIn(other.page, "dekker");
      await other.page.getByRole("grid", { name: "Cases" }).waitFor();
      await other.page.goto(href);
      await waitForRadiographs(other.page);
      // The same fibula is dragged in both.
      for (const [which, dx] of [
        [other.page, 0.03],
        [page, -0.03],
      ] as const) {
        await which.getByRole("button", { name: "Fibula, AP", exact: true }).click();
        await which.keyboard.press("Enter");
        await dragFrom(which, 0, 0.4, 0.3, dx);
        await which.waitForTimeout(100);
        if (which === other.page) await saved(which);
      }
      await page.getByRole("heading", { name: "Changed in two places" }).waitFor();
      await assertAccessible(page, "conflict");
      await picture(page, "5-conflict");
      await page.getByRole("button", { name: "Keep both" }).click();
      await saved(page);
      const drawn = await drawnShapes(study);
      const ap = drawn.find(({ structure }) => structure === "fracture")?.image;
      const both = drawn.filter(({ structure, image }) => structure === "fibula" && image === ap);
      assert.equal(both.length, 2);
      await page.keyboard.press("v");
      await page.getByRole("button", { name: "Delete Fibula, AP" }).last().click();
      assert.deepEqual(other.troubles.filter(own), []);
      await other.context.close();
      // In one browser a second tab looks on until it takes over.
      const second = await visitor.context.newPage();
      await second.goto(href);
      await second.getByText("This case is being edited in another tab.").waitFor();
      await second.close();
    },
  );

  await context.test("graded and submitted, with the reason as long as it cannot be", async () => {
    const button = page.getByRole("button", { name: /^Submit and open next/ });
    assert.ok(await button.isDisabled());
    await page
      .getByText(/^(Say how|A fracture is|Draw the)/)
      .first()
      .waitFor();
    for (const [row, grade] of [
      [0, "Difficult"],
      [1, "Impossible"],
      [2, "Impossible"],
    ] as const) {
      await page
        .locator(".visibility-row")
        .nth(row)
        .locator(".segment", { hasText: grade })
        .click();
    }
    await picture(page, "6-graded");
    const { href } = new URL(page.url());
    await page.keyboard.press("Control+Enter");
    await page.waitForURL((url) => url.href !== href);
    const rows = await study.database
      .selectFrom("annotations")
      .select(["visibility", "seconds", "author"])
      .where("source", "=", "person")
      .execute();
    assert.equal(rows.length, 3);
    assert.ok(
      rows.some(({ seconds }) => (seconds ?? 0) > 1),
      "the time on it is kept",
    );
  });

  await context.test(
    "proposals are accepted, mended and rejected one by one, and taken back",
    async () => {
      await propose(study, cases);
      await page.getByRole("button", { name: "Back to the worklist" }).click();
      await page.goto("/settings/display");
      await page.getByText("Light", { exact: true }).click();
      await page.goto("/worklist?queue=annotation");
      await page.getByRole("button", { name: /^(Begin|Continue)/ }).click();
      await waitForRadiographs(page);
      await page.getByRole("heading", { name: "Proposals to decide (3)" }).waitFor();
      await page.keyboard.press(".");
      await assertAccessible(page, "proposals, light");
      await picture(page, "7-proposals");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Proposals to decide (2)" }).waitFor();
      await page.keyboard.press(".");
      await page.keyboard.press("m");
      await page.getByRole("button", { name: "Next point" }).click();
      await page.locator(".view-stage").first().focus();
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Proposals to decide (1)" }).waitFor();
      await page.keyboard.press("v");
      await page.keyboard.press("Escape");
      await page.keyboard.press(".");
      await page.keyboard.press("Delete");
      await page
        .getByRole("heading", { name: /^Proposals to decide/ })
        .waitFor({ state: "detached" });
      await saved(page);
      assert.deepEqual((await decisions(study)).map(({ is }) => is).toSorted(), [
        "accepted",
        "mended",
        "rejected",
      ]);
      for (let i = 0; i < 3; i++) await page.keyboard.press("Control+z");
      await page.getByRole("heading", { name: "Proposals to decide (3)" }).waitFor();
      await saved(page);
      assert.deepEqual(await decisions(study), []);
    },
  );

  await context.test("a comment on a place, answered and resolved", async () => {
    await page.keyboard.press("o");
    await page.getByText("Click the place to comment on").waitFor();
    await clickAt(page, 0, 0.5, 0.5);
    await page.getByLabel(/^New comment/).fill("Is this the line?");
    await page.getByRole("button", { name: "Send" }).first().click();
    await page.getByText("Is this the line?").waitFor();
    await picture(page, "8-comment");
    await assertAccessible(page, "comment");
    await page.getByRole("button", { name: "Resolve" }).click();
    await page.getByText("Resolved (1)").waitFor();
  });
  assert.deepEqual(visitor.troubles.filter(own), []);
});

async function propose(study: Study, cases: readonly string[]): Promise<void> {
  const images = await study.database
    .selectFrom("images")
    .select(["sha256", "facts"])
    .where("case_id", "in", cases)
    .execute();
  const shape = (structure: string, x: number, y: number) => ({
    structure,
    polygons: [[x, y, x + 40, y, x + 40, y + 60, x, y + 60]],
    line: null,
    score: 0.82,
  });
  const prelabels = images
    .filter(({ facts }) => imageColumn.read(facts, "facts").view === "ap")
    .map(({ sha256 }) => ({
      image: sha256,
      model: { sha256: "a1".repeat(32), name: "preliminary", version: "1" },
      isLowerLeg: true,
      shapes: [shape("fibula", 40, 60), shape("tibia", 90, 60), shape("fracture", 45, 130)],
      probabilities: null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    }));
  await storeProposals(study, prelabels, "test");
}

async function decisions(study: Study) {
  return (await latestDraft(study)).decisions;
}

async function dragFrom(page: Page, view: number, x: number, y: number, dx: number): Promise<void> {
  const from = await placeOn(page, view, x, y);
  const to = await placeOn(page, view, x + dx, y - 0.02);
  await page.mouse.move(...from.at);
  await page.mouse.down();
  await page.mouse.move(...to.at, { steps: 5 });
  await page.mouse.up();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: joinPath(PICTURES, `${name}.png`) });
}
