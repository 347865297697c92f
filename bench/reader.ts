/**
 * The reader's page in Debian's chromium, as it is shipped: a whole frame, from the pointer's event to pixels that
 * can be read back, with three views of 3000 x 3000 pixels on either renderer; and the page's memory while one
 * reader reads case after case. It has no peer. `--runs` is the number of cases.
 *
 * Drawing by WebGL is drawn in software where there is no graphics card, which the page itself would not choose:
 * there the figure says what software costs, and no more.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "@malleolus/data/dicom";
import { imageColumn, type View } from "@malleolus/schema";
import { signUpReaders } from "@malleolus/server/simulated-readers";
import {
  closeStudy,
  createRound,
  createStudy,
  imagePath,
  openStudy,
  type Study,
} from "@malleolus/studies";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Bench } from "./bench.ts";
import type { Row } from "./measure.ts";

const CHROMIUM = "/usr/bin/chromium";
const VIEWS = ["ap", "mortise", "lateral"] as const;
/** Of the cases in which frames are timed, and of those that are read one after the other. */
const LARGE = 3000;
const SMALL = 700;
const FRAMES = 120;
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
      for (const renderer of ["table", "webgl"] as const) {
        progress(`frames by ${renderer}`);
        const times = await withCases(join(folder, renderer), 1, LARGE, renderer, timeFrames);
        rows.push(frameRow(renderer, times));
      }
      progress(`${runs} cases`);
      rows.push(
        await withCases(join(folder, "many"), runs, SMALL, "table", (page) =>
          readAll(page, runs, progress),
        ),
      );
      return rows;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type RendererKind = "table" | "webgl";

/** Somebody who is at the first of so many cases, in a browser and on a server of their own. */
async function withCases<T>(
  folder: string,
  cases: number,
  side: number,
  renderer: RendererKind,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  await writeStudy(folder, cases, side);
  let child: ChildProcess | undefined;
  let browser: Browser | undefined;
  try {
    child = spawn(launcher, ["serve", folder, "--port", "0", "--json"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (child.stdout === null) throw new Error("internal: no output to read");
    const [line] = await once(child.stdout, "data");
    const started: { address: string; setupLink: string } = JSON.parse(String(line));
    const [one] = await signUpReaders(started.address, started.setupLink, ["observer-1"]);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--enable-unsafe-swiftshader", "--use-angle=swiftshader", "--ignore-gpu-blocklist"],
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
    await page.goto(`${started.address}/read/${one.code}`);
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

/** Milliseconds of frames in which all views change: linked views, zoomed at the pointer. */
async function timeFrames(page: Page): Promise<number[]> {
  await page.waitForTimeout(2000);
  return page.evaluate<number[]>(`(async () => {
    const stages = [...document.querySelectorAll(".view-stage")];
    const gls = stages.map((one) => one.querySelector("canvas").getContext("webgl2")).filter(Boolean);
    const seconds = stages.map((one) => one.querySelector("canvas").getContext("2d")).filter(Boolean);
    const box = stages[0].getBoundingClientRect();
    const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
    const link = document.querySelector('[aria-label="Link views"]');
    if (link.getAttribute("aria-pressed") !== "true") link.click();
    const times = [];
    for (let frame = 0; frame < ${FRAMES}; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      let began = 0;
      requestAnimationFrame(() => { began = performance.now(); });
      const pointer = performance.now();
      const deltaY = frame % 20 < 10 ? -40 : 40;
      stages[0].dispatchEvent(new WheelEvent("wheel", { ...at, deltaY, cancelable: true }));
      const handled = performance.now() - pointer;
      await new Promise((resolve) => requestAnimationFrame(() => {
        // After the page's own callback of this frame, which was asked for before.
        for (const gl of gls) window.readBack(gl);
        for (const context of seconds) context.getImageData(0, 0, 1, 1);
        resolve();
      }));
      times.push(handled + performance.now() - began);
    }
    return times;
  })()`);
}

function frameRow(renderer: RendererKind, times: readonly number[]): Row {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    ...alone(`a frame of three ${LARGE} x ${LARGE} views, ${renderer}`, at(0.5), [at(0), at(1)]),
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

async function writeStudy(folder: string, cases: number, side: number): Promise<void> {
  await createStudy({ folder, name: "Bench", passphrase: "bench" });
  const study = await openStudy(folder);
  await study.database.insertInto("patients").values({ id: "p", hospital: "a" }).execute();
  for (let index = 0; index < cases; index++) await addCase(study, `case-${index}`, side);
  const round = { name: "Bench", people: ["observer-1"], repeatShare: 0, washoutDays: 0, seed: 1 };
  await createRound(study, round, { who: "bench", at: new Date().toISOString() });
  await closeStudy(study);
}

async function addCase(study: Study, id: string, side: number): Promise<void> {
  await study.database
    .insertInto("cases")
    .values({ id, patient_id: "p", state: "candidate fracture" })
    .execute();
  for (const view of VIEWS) {
    const bytes = shade(side, `${id} ${view}`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const path = imagePath(study.images, sha256);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    await study.database
      .insertInto("images")
      .values({
        sha256,
        case_id: id,
        sop_instance_uid: `${id}.${view}`,
        size_bytes: bytes.length,
        facts: imageColumn.write(factsOf(view, side)),
      })
      .execute();
  }
}

function factsOf(view: View, side: number) {
  return {
    format: "dicom",
    width: side,
    height: side,
    modality: "DX",
    view,
    side: "left",
    pixelSpacingMm: [0.1, 0.1],
    spacingSource: "calibrated",
    transferSyntax: TRANSFER_SYNTAX.none,
    bitsAllocated: 16,
    bitsStored: 12,
    photometric: "MONOCHROME2",
    exifOrientation: null,
  } as const;
}

/** A disc with a soft border and the noise of a detector, in 12 bits. */
function shade(side: number, name: string): Uint8Array {
  const pixels = Buffer.alloc(2 * side * side);
  let noise = createHash("sha256").update(name).digest().readInt32LE(0);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      noise = (Math.imul(noise, 1_103_515_245) + 12_345) | 0;
      const far = Math.hypot(x / side - 0.5, y / side - 0.5);
      const grey = 3500 / (1 + Math.exp((far - 0.3) * 40)) + ((noise >>> 16) & 63);
      pixels.writeUInt16LE(Math.round(grey), 2 * (y * side + x));
    }
  }
  const numbers = (value: number): ElementValue => ({ vr: "US", value });
  const dataSet: DataSet = new Map<number, ElementValue>([
    [0x0008_0060, { vr: "CS", value: "DX" }],
    [0x0028_0002, numbers(1)],
    [0x0028_0004, { vr: "CS", value: "MONOCHROME2" }],
    [0x0028_0010, numbers(side)],
    [0x0028_0011, numbers(side)],
    [0x0028_0100, numbers(16)],
    [0x0028_0101, numbers(12)],
    [0x0028_0102, numbers(11)],
    [0x0028_0103, numbers(0)],
    [0x7fe0_0010, { vr: "OW", value: pixels }],
  ]);
  return writeDicomFile(dataSet, {
    sopClass: "1.2.840.10008.5.1.4.1.1.1.1",
    sopInstance: `2.25.${noise >>> 0}`,
    transferSyntax: TRANSFER_SYNTAX.none,
  });
}
