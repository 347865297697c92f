/**
 * How soon a reader's radiographs are there at 100 Mb/s: of a case that is opened with nothing in the browser, once
 * before the server has decoded its radiographs and then again; and of the next case, which was fetched beforehand.
 * Times are from the navigation, or from the key, to the frame after the first view, and all of them, have pixels:
 * half of their size at first, which is what a view of a screen shows.
 */
import { setTimeout as wait } from "node:timers/promises";
import { worklistSchema } from "@malleolus/schema";
import type { BrowserContext, Page } from "playwright-core";
import { type SlowNetwork, slowNetwork } from "./slow-network.ts";

export const MEGABITS = 100;
/** The next case's radiographs come meanwhile. */
const PREFETCH_MS = 8000;
const OPENINGS = 5;

export interface FirstViews {
  /** Nothing anywhere. */
  readonly cold: Shown;
  /** Nothing in the browser. */
  readonly uncached: readonly Shown[];
  readonly prefetched: readonly Shown[];
  /** That the server sent for the case that was opened cold, pages and all sizes of its views. */
  readonly caseBytes: number;
}

export interface Shown {
  readonly firstMs: number;
  readonly allMs: number;
}

/** `page` is at the first of at least four cases of its reader. */
export async function timeFirstViews(page: Page): Promise<FirstViews> {
  const { port } = new URL(page.url());
  const network = await slowNetwork(Number(port), MEGABITS);
  try {
    const codes = await codesOf(page);
    // The server prepares the next case, and no other.
    const last = codes.at(-1) ?? "";
    const before = network.sentBytes();
    const cold = await open(page.context(), network, last, { untilQuiet: true });
    const caseBytes = network.sentBytes() - before;
    const uncached: Shown[] = [];
    for (let time = 0; time < OPENINGS; time++) {
      uncached.push(await open(page.context(), network, last, { untilQuiet: false }));
    }
    return { cold, caseBytes, uncached, prefetched: await goOn(page.context(), network, codes) };
  } finally {
    await network.close();
  }
}

async function codesOf(page: Page): Promise<string[]> {
  const list = await page.evaluate<unknown>(
    `fetch("/api/worklist?queue=round-1&limit=50").then((answer) => answer.json())`,
  );
  return worklistSchema.parse(list).entries.map(({ code }) => code);
}

// What runs in the page is text: this file knows Node's types and no document.

const recorder = `(() => {
  const shown = { title: null, since: 0, first: null, all: null };
  window.shown_ = shown;
  addEventListener("keydown", () => {
    const title = document.querySelector("h1")?.textContent;
    Object.assign(shown, { title, since: performance.now(), first: null, all: null });
  }, { capture: true });
  const look = () => {
    const title = document.querySelector("h1")?.textContent ?? null;
    const views = title === shown.title ? [] : [...document.querySelectorAll(".view-values")];
    const ready = views.filter((one) => /W \\d+/.test(one.textContent)).length;
    // Drawn in this frame; the next begins once it is on the screen.
    requestAnimationFrame(() => {
      const now = performance.now() - shown.since;
      if (ready > 0) shown.first ??= now;
      if (ready > 0 && ready === views.length) shown.all ??= now;
      look();
    });
  };
  look();
})()`;

/** In a context of its own, which has cached nothing. */
async function open(
  signedIn: BrowserContext,
  network: SlowNetwork,
  code: string,
  { untilQuiet }: { readonly untilQuiet: boolean },
): Promise<Shown> {
  const page = await pageOf(signedIn);
  await page.goto(`http://127.0.0.1:${network.port}/read/${code}`, { waitUntil: "commit" });
  const shown = await untilShown(page);
  if (untilQuiet) await quiet(network);
  await page.context().close();
  return shown;
}

async function goOn(
  signedIn: BrowserContext,
  network: SlowNetwork,
  codes: readonly string[],
): Promise<Shown[]> {
  const page = await pageOf(signedIn);
  await page.goto(`http://127.0.0.1:${network.port}/read/${codes[0]}`);
  await untilShown(page);
  const times: Shown[] = [];
  for (const _ of codes.slice(1)) {
    await quiet(network);
    await page.waitForTimeout(PREFETCH_MS);
    await page.keyboard.press("f");
    times.push(await untilShown(page));
  }
  await page.context().close();
  return times;
}

async function pageOf(signedIn: BrowserContext): Promise<Page> {
  const browser = signedIn.browser();
  if (browser === null) throw new Error("internal: a context without its browser");
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  await context.addCookies(await signedIn.cookies());
  const page = await context.newPage();
  await page.addInitScript(recorder);
  return page;
}

async function untilShown(page: Page): Promise<Shown> {
  for (;;) {
    const { first, all } = await page.evaluate<{ first: number | null; all: number | null }>(
      "window.shown_",
    );
    if (first !== null && all !== null) return { firstMs: first, allMs: all };
    await page.waitForTimeout(20);
  }
}

/** Until nothing has come for a second. */
async function quiet(network: SlowNetwork): Promise<void> {
  for (let before = -1; before !== network.sentBytes(); ) {
    before = network.sentBytes();
    await wait(1000);
  }
}
