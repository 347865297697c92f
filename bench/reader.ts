/**
 * The reader's and the annotator's page in Debian's chromium, as they are shipped: whole frames, from the pointer's
 * event to pixels that can be read back, with three views of 3000 x 3000 pixels on either renderer, and for the
 * annotator a thousand points on each; how soon radiographs are there over a network of 100 Mb/s; and the page's memory
 * while one reader reads case after case. It has no peer. `--runs` is the number of cases.
 *
 * Drawing by WebGL is drawn in software where there is no graphics card, which the page itself would not choose:
 * there the figure says what software costs, and no more. Drawing by table is measured as such a computer has it,
 * with a browser that uses no graphics card for anything.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signUpReaders } from "@malleolus/server/simulated-readers";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Bench } from "./bench.ts";
import { MEGABITS, type Shown, timeFirstViews } from "./first-view.ts";
import type { Row } from "./measure.ts";
import { type Gesture, recordFrames, timeFrames } from "./page-frames.ts";
import { RADIUS, VIEWS, type Who, writeStudy } from "./page-study.ts";

const CHROMIUM = "/usr/bin/chromium";
/** Of the cases in which frames and openings are timed, and of those that are read one after the other. */
const LARGE = 3000;
const SMALL = 700;
const OPENED = 5;
const MEGABYTE = 1e6;
/** It builds the pages where they are not of these sources. */
const launcher = fileURLToPath(new URL("../malleolus", import.meta.url));

export const reader: Bench = {
  name: "reader",
  peerModules: [],
  defaultRuns: 500,
  async run({ runs, progress }) {
    if (!existsSync(CHROMIUM)) throw new Error(`no ${CHROMIUM}; install Debian's chromium`);
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-reader-"));
    try {
      const rows: Row[] = [];
      progress(`first views at ${MEGABITS} Mb/s`);
      const opened = { folder: join(folder, "opened"), cases: OPENED, side: LARGE };
      const given = { ...opened, renderer: "table", who: "observer" } as const;
      rows.push(...(await withCases(given, firstViewRows)));
      for (const renderer of ["table", "webgl"] as const) {
        for (const who of ["observer", "annotator"] as const) {
          progress(`frames of the ${who}'s page by ${renderer}`);
          const given = { folder: join(folder, `${who} ${renderer}`), cases: 1, side: LARGE };
          rows.push(
            ...(await withCases({ ...given, renderer, who }, (page) =>
              frameRows(page, renderer, who),
            )),
          );
        }
      }
      progress(`${runs} cases`);
      rows.push(
        await withCases(
          {
            folder: join(folder, "many"),
            cases: runs,
            side: SMALL,
            renderer: "table",
            who: "observer",
          },
          (page) => readAll(page, runs, progress),
        ),
      );
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type RendererKind = "table" | "webgl";

interface Given {
  readonly folder: string;
  readonly cases: number;
  /** Columns and rows of each radiograph. */
  readonly side: number;
  readonly renderer: RendererKind;
  readonly who: Who;
}

const ARGUMENTS: Readonly<Record<RendererKind, readonly string[]>> = {
  table: ["--disable-gpu"],
  webgl: ["--enable-unsafe-swiftshader", "--use-angle=swiftshader", "--ignore-gpu-blocklist"],
};
const PAGES = { observer: "read", annotator: "annotate" } as const;

/** Somebody who is at the first of so many cases, in a browser and on a server of their own. */
async function withCases<T>(
  { folder, cases, side, renderer, who }: Given,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  await writeStudy(folder, cases, side, who);
  let child: ChildProcess | undefined;
  let browser: Browser | undefined;
  try {
    child = spawn(launcher, ["serve", folder, "--port", "0", "--json"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (child.stdout === null) throw new Error("internal: no output to read");
    const [line] = await once(child.stdout, "data");
    const started: { address: string; setupLink: string } = JSON.parse(String(line));
    const queue = who === "observer" ? "round-1" : "annotation";
    const [one] = await signUpReaders(started.address, started.setupLink, [`${who}-1`], queue);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...ARGUMENTS[renderer]],
      chromiumSandbox: process.getuid?.() !== 0,
    });
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const [name, value] = String(one.headers.cookie).split("=", 2);
    // A secure cookie has no address over http, though the browser sends it to loopback.
    const url = started.address.replace("http:", "https:");
    await context.addCookies([
      { name, value, url, secure: true, httpOnly: true, sameSite: "Strict" },
    ]);
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.addInitScript(renderer === "webgl" ? takeForCard : noGraphics);
    await page.goto(`${started.address}/${PAGES[who]}/${one.code}`);
    await untilShown(page);
    return await work(page);
  } finally {
    await browser?.close();
    child?.kill("SIGTERM");
    if (child !== undefined && child.exitCode === null) await once(child, "close");
  }
}

// What runs in the page is text: this file knows Node's types and no document.

/** A graphics card by name, and no wait in the trial that would find it slow; frames are timed with the true one. */
const takeForCard = `{
  const { readPixels, getParameter } = WebGL2RenderingContext.prototype;
  window.readBack = (gl) => readPixels.call(gl, 0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  WebGL2RenderingContext.prototype.readPixels = () => {};
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === 0x9246 ? "a card" : getParameter.call(this, name);
  };
}`;
const noGraphics = `{
  const { getContext } = HTMLCanvasElement.prototype;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === "webgl2" ? null : getContext.call(this, kind, ...rest);
  };
}`;

async function untilShown(page: Page): Promise<void> {
  const shown = `(() => {
    const values = [...document.querySelectorAll(".view-values")];
    return values.length === ${VIEWS.length} && values.every((one) => /W \\d+/.test(one.textContent));
  })()`;
  while (!(await page.evaluate<boolean>(shown))) await page.waitForTimeout(50);
}

async function firstViewRows(page: Page): Promise<Row[]> {
  const { cold, uncached, prefetched, caseBytes } = await timeFirstViews(page);
  const row = (what: string, shown: readonly Shown[], note: string): Row => {
    const firsts = shown.map(({ firstMs }) => firstMs).toSorted((a, b) => a - b);
    const alls = shown.map(({ allMs }) => allMs).toSorted((a, b) => a - b);
    const middle = (times: readonly number[]) => times[Math.floor(times.length / 2)];
    const name = `the first of three ${LARGE} x ${LARGE} views at ${MEGABITS} Mb/s, ${what}`;
    return {
      ...alone(name, middle(firsts), [firsts[0], firsts.at(-1) ?? 0]),
      note: `all three ${middle(alls).toFixed(0)} ms${note}`,
    };
  };
  const all = `; sent with the pages: ${(caseBytes / MEGABYTE).toFixed(1)} MB`;
  return [
    row("not decoded yet", [cold], all),
    row("nothing in the browser", uncached, ""),
    row("fetched beforehand", prefetched, ""),
  ];
}

/** Frames in which all views change, since they are linked; in which one changes; in which only shapes do. */
async function frameRows(page: Page, renderer: RendererKind, who: Who): Promise<Row[]> {
  await page.waitForTimeout(2000);
  await recordFrames(page);
  const rows: Row[] = [];
  const measureOn = async (gesture: Gesture, at: readonly [number, number]) =>
    rows.push(frameRow(`${who}: ${gesture}, ${renderer}`, await timeFrames(page, gesture, at)));
  if (who === "annotator") {
    const bounds = await page.locator(".view-stage").first().boundingBox();
    if (bounds === null) throw new Error("internal: no view to point at");
    // The outline's rightmost point, while the view shows its whole radiograph.
    const right = (RADIUS * Math.min(bounds.width, bounds.height)) / bounds.width;
    const { x, y, width, height } = bounds;
    await page.mouse.click(x + (0.5 + right) * width, y + height / 2);
    await page.keyboard.press("Enter");
    await measureOn("move a point", [0.5 + right, 0.5]);
  }
  const link = page.getByRole("button", { name: "Link views" });
  if ((await link.getAttribute("aria-pressed")) !== "true") await link.click();
  for (const gesture of ["window", "pan", "zoom"] as const) await measureOn(gesture, [0.5, 0.5]);
  return rows;
}

function frameRow(what: string, times: readonly number[]): Row {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    ...alone(`a frame of three ${LARGE} x ${LARGE} views, ${what}`, at(0.5), [at(0), at(1)]),
    note: `p95 ${at(0.95).toFixed(1)} ms; without the wait for the display`,
  };
}

/** Reads all cases by keys; the page's heap after each tenth of them, garbage collected. */
async function readAll(page: Page, cases: number, progress: (line: string) => void): Promise<Row> {
  const devices = await page.context().newCDPSession(page);
  await devices.send("HeapProfiler.enable");
  const heaps: number[] = [];
  const times: number[] = [];
  for (let read = 1; read <= cases; read++) {
    const start = performance.now();
    const { pathname } = new URL(page.url());
    await page.keyboard.press("b");
    await page.keyboard.press("Shift+3");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname !== pathname);
    if (read < cases) await untilShown(page);
    times.push(performance.now() - start);
    if (read % Math.max(Math.round(cases / 10), 1) !== 0) continue;
    await devices.send("HeapProfiler.collectGarbage");
    const { usedSize } = await devices.send("Runtime.getHeapUsage");
    heaps.push(usedSize);
    progress(`${read} cases: a heap of ${(usedSize / MEGABYTE).toFixed(1)} MB`);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const [first = 0] = heaps;
  const last = heaps.at(-1) ?? 0;
  return {
    ...alone(`a case by keys, of ${cases}`, sorted[Math.floor(sorted.length / 2)], [
      sorted[0],
      sorted.at(-1) ?? 0,
    ]),
    note: `heap ${(first / MEGABYTE).toFixed(1)} MB after the first tenth, ${(last / MEGABYTE).toFixed(1)} MB after the last`,
  };
}

function alone(name: string, oursMs: number, oursRangeMs: readonly [number, number]): Row {
  return {
    case: name,
    oursMs,
    peerMs: null,
    ratio: null,
    peer: null,
    oursRangeMs,
    peerRangeMs: null,
  };
}
