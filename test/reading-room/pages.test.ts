/**
 * Every page of the reading room, in Debian's chromium: axe finds nothing in dark and in light, nothing is wider than
 * its window from 1280 x 720 at 200 % to monitors that lie and stand, its scripts are within 250 kB, and a case has
 * three views of at least 300 pixels, a rail that comes when there is no room for it, and room for fingers.
 */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import test from "node:test";
import { gzipSync } from "node:zlib";
import { type DrawnShape, emptyAnnotation } from "@malleolus/schema";
import {
  annotatorWorklist,
  assignAnnotators,
  findAnnotatorTask,
  readerImages,
  type Study,
  storeProposals,
  submitAnnotationDraft,
  submitReading,
} from "@malleolus/studies";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { ANNOTATORS, OBSERVERS, openRoom, type Room, scratchFolder } from "./test-room.ts";
import {
  accept,
  assertAccessible,
  invite,
  newVisitor,
  PASSWORD,
  setUp,
  type Visitor,
  waitForRadiographs,
} from "./visitor.ts";

/** Where pictures go for whoever wants to look; nowhere unless it is asked for. */
const PICTURES = process.env.ROOM_PICTURES;
const DESKTOP = { width: 1280, height: 720 };
const SIZES = [
  { width: 2560, height: 1440 },
  { width: 1200, height: 1920 },
  // The desktop at 200 %.
  { width: 640, height: 360 },
  DESKTOP,
];
/** Compressed. */
const MOST_SCRIPT_BYTES = 250_000;

test("pages: in both themes and every size, by whoever has them", {
  skip: noBrowser,
}, async (context) => {
  const room = await openRoom(scratchFolder(context));
  context.after(room.close);
  const { study, server } = room;
  await studyInTheMiddle(study);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const administrator = await newVisitor(browser, server.address);
  const links = new Map<string, string>();

  await context.test("before anybody is signed in", async () => {
    const { page } = administrator;
    const scripts = scriptsOf(page, room);
    await page.goto(server.setupLink ?? "");
    await page.getByLabel("Your name").waitFor();
    await look(page, "set-up", scripts);
    await setUp(page, server.setupLink ?? "");
    for (const name of ["Observer 1", "Observer 2", "Annotator 1", "Senior"]) {
      links.set(name, await invite(page, `Simulated ${name}`));
    }
    const nobody = await newVisitor(browser, server.address);
    const theirs = scriptsOf(nobody.page, room);
    await nobody.page.goto(links.get("Observer 2") ?? "");
    await nobody.page.getByLabel("User name").waitFor();
    await look(nobody.page, "join", theirs);
    await nobody.page.goto(`${server.address}/join`);
    await nobody.page.getByRole("alert").waitFor();
    await look(nobody.page, "join-without-link", theirs);
    await nobody.page.goto(`${server.address}/login`);
    await nobody.page.getByLabel("User name").fill("nobody");
    await nobody.page.getByLabel("Password").fill(PASSWORD);
    await nobody.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await nobody.page.getByRole("alert").waitFor();
    await look(nobody.page, "sign-in", theirs);
    await finish(nobody, /status of 401/);
  });

  await context.test("of those who run the study", async () => {
    const { page } = administrator;
    const scripts = scriptsOf(page, room);
    for (const [path, ready] of [
      ["/people", page.getByRole("heading", { name: "People of this study" })],
      ["/study", page.getByRole("region", { name: "Data sets" })],
      ["/jobs", page.getByText("This server starts no jobs.")],
      ["/radiographs", page.getByLabel("Passphrase of the study's key file")],
      ["/rounds", page.getByRole("button", { name: "Open the round" })],
      ["/drawing-times", page.getByRole("heading", { name: "How long drawing takes" })],
      ["/settings/display", page.getByRole("heading", { name: "Display" })],
      ["/settings/keys", page.getByRole("heading", { name: "Keys", exact: true })],
      ["/settings/passkeys", page.getByRole("heading", { name: "Passkeys" })],
      ["/nowhere", page.getByRole("heading", { name: "There is no page at this address." })],
    ] as const) {
      await page.goto(`${server.address}${path}`);
      await ready.waitFor();
      await look(page, path.slice(1).replace("/", "-"), scripts);
    }
    await finish(administrator);
  });

  await context.test("of an observer", async () => {
    const visitor = await newVisitor(browser, server.address);
    const { page } = visitor;
    const scripts = scriptsOf(page, room);
    await accept(page, links.get("Observer 1") ?? "", "jansen");
    await page.getByRole("row").nth(1).waitFor();
    await look(page, "worklist", scripts);
    await page.getByRole("row").nth(1).click();
    await opened(page);
    await look(page, "read", scripts);
    await page.keyboard.press("x");
    const last = await page.locator(".choice", { hasText: "Plates or screws" }).boundingBox();
    const foot = await page.locator(".rail-foot").boundingBox();
    assert.ok(last !== null && foot !== null);
    assert.ok(
      last.y + last.height < foot.y,
      `the ninth ends at ${last.y + last.height} of ${foot.y}`,
    );
    await look(page, "read-excluding", scripts);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+?");
    await look(page, "read-keys", scripts);
    await page.keyboard.press("Escape");
    await railOnNarrowScreens(page);
    await pauseIsHinted(page);
    await page.goto(`${server.address}/worklist?status=done`);
    await page.getByRole("row").nth(1).click();
    await page.getByText("You submitted this case.").waitFor();
    await opened(page);
    await look(page, "read-submitted", scripts);
    await page.goto(`${server.address}/settings/check`);
    await page.getByText("I see the dark square").waitFor();
    await look(page, "settings-check", scripts);
    await keysChangePlaces(page);
    await finish(visitor);
  });

  await context.test("of an annotator", async () => {
    const visitor = await newVisitor(browser, server.address);
    const { page } = visitor;
    const scripts = scriptsOf(page, room);
    await accept(page, links.get("Annotator 1") ?? "", "dekker");
    await page.getByRole("row").nth(1).click();
    await opened(page);
    await look(page, "annotate", scripts);
    await finish(visitor);
  });

  await context.test("of a senior", async () => {
    const visitor = await newVisitor(browser, server.address);
    const { page } = visitor;
    const scripts = scriptsOf(page, room);
    await accept(page, links.get("Senior") ?? "", "prof");
    const list = (name: string) => page.getByRole("navigation", { name }).getByRole("link").first();
    for (const name of ["To decide", "Review", "Settle"]) await list(name).waitFor();
    await look(page, "worklist-senior", scripts);
    for (const name of ["To decide", "Review", "Settle"]) {
      await list(name).click();
      await opened(page);
      await look(page, name.toLowerCase().replace(" ", "-"), scripts);
      await page.goto(`${server.address}/worklist`);
    }
    await finish(visitor);
  });

  await context.test("by fingers, what is to be hit is at least 44 pixels", () =>
    byFingers(browser, room, links.get("Observer 2") ?? ""),
  );
});

interface Measured {
  /** How many pixels the page is wider than its window. */
  readonly wide: number;
  /** Of what is in views, how much is wider than its view. */
  readonly wider: number;
  readonly narrowest: number;
}

/** By its own address, so that no other page's scripts are counted with its own. */
async function opened(page: Page): Promise<void> {
  await waitForRadiographs(page);
  await page.reload();
  await waitForRadiographs(page);
}

/** Axe in both themes; the width in every size; its scripts; and pictures of it all where they are asked for. */
async function look(page: Page, name: string, scripts: Scripts): Promise<void> {
  const bytes = scripts.bytes();
  if (PICTURES !== undefined) console.log(name, bytes);
  assert.ok(bytes < MOST_SCRIPT_BYTES, `${name} has scripts of ${bytes} bytes`);
  for (const theme of ["light", "dark"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    await assertAccessible(page, `${name}, ${theme}`);
    // A page is as wide in light as in dark: all sizes once, or for pictures.
    for (const size of theme === "dark" || PICTURES !== undefined ? SIZES : [DESKTOP]) {
      await page.setViewportSize(size);
      if (PICTURES !== undefined) await picture(page, `${name}-${size.width}-${theme}`);
      const { wide, wider, narrowest } = await page.evaluate<Measured>(`({
        wide: document.documentElement.scrollWidth - innerWidth,
        wider: [...document.querySelectorAll(".view-stage, .view-head")]
          .filter((one) => one.clientWidth > one.parentElement.clientWidth).length,
        narrowest: Math.min(...[...document.querySelectorAll(".view:not([hidden])")].map((one) => one.clientWidth)),
      })`);
      assert.equal(wider, 0, `${name} has pictures wider than their views at ${size.width}`);
      assert.ok(wide <= 0, `${name} is ${wide} pixels wider than ${size.width} x ${size.height}`);
      if (size === DESKTOP) assert.ok(narrowest >= 300, `a view of ${narrowest} pixels`);
    }
  }
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.waitForTimeout(300);
  await page.screenshot({ path: joinPath(PICTURES, `${name}.png`) });
}

interface Scripts {
  /** Of all that the page has loaded since it was last opened anew, gzipped. */
  bytes(): number;
}

function scriptsOf(page: Page, { webFolder }: Room): Scripts {
  const names = new Set<string>();
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (request.isNavigationRequest()) names.clear();
    // A worker's own script holds no page up.
    else if (/\.js$/.test(pathname) && !/-worker-/.test(pathname)) names.add(pathname);
  });
  return {
    bytes: () =>
      [...names].reduce(
        (sum, name) => sum + gzipSync(readFileSync(joinPath(webFolder, name))).length,
        0,
      ),
  };
}

/** On a screen that is too narrow for it beside three views, the rail comes for its button and for the focus. */
async function railOnNarrowScreens(page: Page): Promise<void> {
  const rail = page.getByRole("complementary", { name: "Reading" });
  const isSeen = async () => ((await rail.boundingBox())?.x ?? 0) < 1024;
  const button = page.getByRole("button", { name: "Panel beside the radiographs" });
  assert.equal(await button.isVisible(), false, "where there is room, it has no button");
  await page.setViewportSize({ width: 1024, height: 700 });
  assert.equal(await isSeen(), false, "out of the way");
  await button.click();
  assert.equal(await isSeen(), true, "for its button");
  await button.click();
  assert.equal(await isSeen(), false, "and away again");
  await page.locator(".view-stage").first().focus();
  await page.keyboard.press("/");
  assert.equal(await isSeen(), true, "for the note's key");
  await picture(page, "read-narrow");
  await page.keyboard.press("Escape");
  assert.equal(await isSeen(), false, "Esc leaves the note");
  await page.setViewportSize(DESKTOP);
}

/** The page's clock is put forward while somebody goes on looking. */
async function pauseIsHinted(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const now = Date.now;
    window.later_ = 0;
    Date.now = () => now() + window.later_;
  })()`);
  const hint = page.getByText("Twenty minutes without a pause: rest your eyes for a moment.");
  for (let minutes = 0; minutes <= 20; minutes += 2.5) {
    assert.equal(await hint.count(), 0, `after ${minutes} minutes`);
    await page.evaluate(`window.later_ = ${minutes} * 60000`);
    // More often than once a second nothing is taken for activity.
    await page.waitForTimeout(1100);
    await page.keyboard.press("Shift");
  }
  await hint.waitFor();
  await page.evaluate("window.later_ = 0");
}

/** In the settings, and then on a case. */
async function keysChangePlaces(page: Page): Promise<void> {
  await page.goto("/settings/keys");
  await page.getByRole("button", { name: "Change the key of: Invert" }).click();
  await page.getByText("Press the key that takes the place of I, or Esc.").waitFor();
  await page.keyboard.press("v");
  await page.getByRole("row", { name: "Invert" }).getByText("V", { exact: true }).waitFor();
  await page.goto("/worklist?status=done");
  await page.getByRole("row").nth(1).click();
  await waitForRadiographs(page);
  await page.keyboard.press("i");
  await page.getByTitle("Invert (V)").waitFor();
  assert.equal(await page.getByText(/· inverted$/).count(), 0, "I is no more");
  await page.keyboard.press("v");
  await page
    .getByText(/· inverted$/)
    .first()
    .waitFor();
}

async function byFingers(browser: Browser, { server }: Room, link: string): Promise<void> {
  const visitor = await newVisitor(browser, server.address, {
    viewport: { width: 1194, height: 834 },
    hasTouch: true,
    isMobile: true,
  });
  const { page } = visitor;
  await accept(page, link, "pieters");
  await page.getByRole("row").nth(1).click();
  await waitForRadiographs(page);
  await page.getByRole("button", { name: "Panel beside the radiographs" }).tap();
  await picture(page, "read-fingers");
  const small = await page.evaluate<string[]>(`
    [...document.querySelectorAll("button, .choice, .segment, textarea")]
      .filter((one) => one.checkVisibility())
      .map((one) => [one.getBoundingClientRect(), one])
      .filter(([{ height, width }]) => height < 44 || width < 44)
      .map(([{ height, width }, one]) => (one.ariaLabel ?? one.textContent) + " " + width + " x " + height)`);
  assert.deepEqual(small, []);
  await finish(visitor);
}

async function finish({ context, troubles }: Visitor, expected?: RegExp): Promise<void> {
  await context.close();
  assert.deepEqual(
    troubles.filter((text) => expected?.test(text) !== true),
    [],
  );
}

/**
 * Of the cases, those with most views first: one that both annotators have drawn, one that they have to draw, with a
 * proposal, one on which readers differ, and others that are left to read.
 */
async function studyInTheMiddle(study: Study): Promise<void> {
  const rows = await study.database
    .selectFrom("images")
    .select("case_id")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .groupBy("case_id")
    .orderBy("count", "desc")
    .orderBy("case_id")
    .execute();
  const [drawn, undrawn, differing] = rows.map(({ case_id }) => case_id);
  await study.database.deleteFrom("tasks").where("case_id", "in", [drawn, undrawn]).execute();
  await study.database
    .updateTable("cases")
    .set({ state: "agreed", class: "weber_b" })
    .where("id", "in", [drawn, undrawn])
    .execute();
  study.protocol.annotation.unassistedShare = 0;
  await assignAnnotators(study, [drawn, undrawn]);
  for (const person of ANNOTATORS) await draw(study, person, drawn);
  await propose(study, undrawn);
  for (const [seat, reader] of OBSERVERS.entries()) {
    const decision = { kind: "class", id: seat === 2 ? "weber_a" : "weber_b" } as const;
    const reading = { caseId: differing, panel: "curation", reader, decision } as const;
    await submitReading(study, { ...reading, note: "seen on the lateral alone", seconds: 20 });
  }
}

async function draw(study: Study, person: string, caseId: string): Promise<void> {
  const given = { status: "left", search: undefined, limit: 10 } as const;
  const { entries } = await annotatorWorklist(study, person, given);
  for (const { code } of entries) {
    const task = await findAnnotatorTask(study, person, code);
    if (task.caseId !== caseId) continue;
    const images = (await readerImages(study, "a secret", task)).map(({ sha256 }) => sha256);
    const x = person === ANNOTATORS[0] ? 100 : 150;
    await submitAnnotationDraft(study, task, {
      version: 0,
      content: {
        ...emptyAnnotation,
        shapes: [square(images[0], x)],
        visibility: Object.fromEntries(images.map((image) => [image, "impossible" as const])),
        seconds: Object.fromEntries(images.map((image) => [image, 40])),
      },
    });
  }
}

function square(image: string, x: number): DrawnShape {
  return {
    id: `square-${x}`,
    image,
    structure: "fibula",
    form: "polygon",
    points: [x, 150, x + 60, 150, x + 60, 250, x, 250],
    widthMm: null,
    order: 1,
    locked: false,
    doubtful: false,
    parents: [],
    offer: null,
  };
}

async function propose(study: Study, caseId: string): Promise<void> {
  const images = await study.database
    .selectFrom("images")
    .select("sha256")
    .where("case_id", "=", caseId)
    .execute();
  const polygons = [[140, 260, 190, 260, 190, 340, 140, 340]];
  const prelabels = images.map(({ sha256 }) => ({
    image: sha256,
    model: { sha256: "a1".repeat(32), name: "preliminary", version: "1" },
    isLowerLeg: true,
    shapes: [{ structure: "fibula", polygons, line: null, score: 0.82 }],
    probabilities: null,
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: null,
  }));
  await storeProposals(study, prelabels, "test");
}
