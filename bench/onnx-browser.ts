/**
 * Detection on one radiograph in Debian's chromium, on the page that `export --page` writes, beside ONNX Runtime
 * in Node, from the same file of weights and on as many threads: from the chosen file to the findings on the page,
 * and from the file's bytes to findings. The peer is Node's: a ratio below 1 is what the browser costs. WebGPU is
 * measured where the browser has a graphics card.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeRadiograph } from "@malleolus/data";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "@malleolus/data/dicom";
import { shippedDetector, writeDetector } from "@malleolus/networks";
import { exportNetwork, openOnnxDetector } from "@malleolus/onnx";
import { threads } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Bench } from "./bench.ts";
import { prepareOurs, type Size } from "./mask-rcnn.ts";
import { measure, type Row, row } from "./measure.ts";

const CHROMIUM = "/usr/bin/chromium";
/** It builds the pages where they are not of these sources. */
const launcher = fileURLToPath(new URL("../malleolus", import.meta.url));
const LARGE: Size = { height: 800, width: 672 };
/** To which the shipped detector brings most radiographs. */
const SHIPPED_SIZE: Size = { height: 384, width: 320 };
const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

export const onnxBrowser: Bench = {
  name: "onnx-browser",
  peerModules: [],
  defaultRuns: 5,
  async run({ runs, progress }) {
    if (!existsSync(CHROMIUM)) throw new Error(`no ${CHROMIUM}; install Debian's chromium`);
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-onnx-browser-"));
    try {
      const { model, free } = prepareOurs(null, LARGE, 1);
      const large = join(folder, "large.safetensors");
      // A radiograph of this size stays as it is.
      const sides = { minSize: LARGE.width, maxSize: LARGE.height };
      writeDetector(large, model, { ...sides, maskCollimation: false, testTimeFlip: false });
      free();
      const rows = await compare("ResNet-50-FPN", large, LARGE, folder, runs, progress);
      const shipped = shippedDetector();
      if (shipped === null) return rows;
      const own = "the project's detector";
      return [...rows, ...(await compare(own, shipped, SHIPPED_SIZE, folder, runs, progress))];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function compare(
  what: string,
  checkpoint: string,
  size: Size,
  folder: string,
  runs: number,
  progress: (line: string) => void,
): Promise<Row[]> {
  const page = join(folder, `page-${size.height}`);
  await exportPage(checkpoint, page);
  const radiograph = join(folder, `${size.height}.dcm`);
  const bytes = picture(size);
  writeFileSync(radiograph, bytes);
  const file = exportNetwork(readFileSync(checkpoint), checkpoint, { weightType: "float32" });
  const session = { intraOpNumThreads: threads() };
  const inNode = await openOnnxDetector(file, checkpoint, runtime, { session });
  const server = await serveIsolated(page);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const rows: Row[] = [];
    for (const engine of await enginesOf(browser, server.address)) {
      const name = `${what}, ${size.height}x${size.width}, ${engine}`;
      progress(name);
      const tab = await openTab(browser, `${server.address}/?engine=${engine}`);
      const times = await measure(
        [
          { name: "ours", run: () => analyse(tab, radiograph) },
          {
            name: "peer",
            async run() {
              const began = performance.now();
              await inNode.analyze(await decodeRadiograph(bytes, radiograph));
              return performance.now() - began;
            },
          },
        ],
        runs,
        1,
      );
      const said = await tab.getByText(/^Engine: /).innerText();
      const note = `${said} ${threads()} threads in Node.`;
      rows.push(row(name, times.get("ours"), times.get("peer"), "ONNX Runtime in Node", note));
      await tab.close();
    }
    return rows;
  } finally {
    await browser.close();
    server.close();
    await inNode.close();
  }
}

async function exportPage(checkpoint: string, out: string): Promise<void> {
  const options = ["export", "--page", "--checkpoint", checkpoint, "--out", out];
  const child = spawn(launcher, options, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`malleolus ${options.join(" ")} ended with ${code}`);
}

/** With the headers by which browsers give a page threads. */
async function serveIsolated(folder: string) {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "", "http://page").pathname.slice(1) || "index.html";
    const path = join(folder, name);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    response
      .writeHead(200, {
        "content-type": type,
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
      })
      .end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("internal: no address");
  return { address: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

async function enginesOf(browser: Browser, address: string): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(address);
  const hasCard = await page.evaluate<boolean>(
    `(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      return !!adapter && !adapter.info.isFallbackAdapter;
    })()`,
  );
  await page.close();
  return hasCard ? ["wasm", "webgpu"] : ["wasm"];
}

async function openTab(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ locale: "en-GB" });
  page.setDefaultTimeout(300_000);
  await page.goto(address);
  await page.getByText("The detector is here.").waitFor();
  return page;
}

/** Milliseconds from the chosen file to the findings on the page. */
async function analyse(page: Page, path: string): Promise<number> {
  // What runs in the page is text: this file knows Node's types and no document.
  await page.evaluate(`{
    const stand = document.querySelector("[role=status]");
    const input = document.querySelector("input[type=file]");
    let began = 0;
    input.addEventListener("change", () => { began = performance.now(); }, { capture: true, once: true });
    window.analysed = new Promise((resolve) => {
      let isBusy = false;
      new MutationObserver((_, observer) => {
        isBusy ||= stand.textContent.startsWith("The radiograph is analysed");
        if (!isBusy || !stand.textContent.startsWith("Analysed in")) return;
        observer.disconnect();
        resolve(performance.now() - began);
      }).observe(stand, { childList: true, characterData: true, subtree: true });
    });
  }`);
  await page.locator("input[type=file]").setInputFiles(path);
  return page.evaluate<number>("window.analysed");
}

/** Twelve bits with edges and noise, the same every time. */
function picture({ width, height }: Size): Uint8Array {
  const pixels = Buffer.alloc(2 * width * height);
  let state = 1;
  for (let i = 0; i < width * height; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const [x, y] = [i % width, Math.floor(i / width)];
    const bone = Math.abs(x - width / 2) < 30 && y > height / 3 ? 0.4 : 0.2;
    const level = bone + 0.2 * Math.sin(x / 40) ** 2 + (0.1 * state) / 2 ** 32;
    pixels.writeUInt16LE(Math.round(4095 * level), 2 * i);
  }
  const number = (value: number): ElementValue => ({ vr: "US", value });
  const dataSet: DataSet = new Map<number, ElementValue>([
    [0x0008_0060, { vr: "CS", value: "DX" }],
    [0x0028_0002, number(1)],
    [0x0028_0004, { vr: "CS", value: "MONOCHROME2" }],
    [0x0028_0010, number(height)],
    [0x0028_0011, number(width)],
    [0x0028_0100, number(16)],
    [0x0028_0101, number(12)],
    [0x0028_0102, number(11)],
    [0x0028_0103, number(0)],
    [0x7fe0_0010, { vr: "OW", value: pixels }],
  ]);
  return writeDicomFile(dataSet, {
    sopClass: "1.2.840.10008.5.1.4.1.1.1.1",
    sopInstance: "2.25.20",
    transferSyntax: TRANSFER_SYNTAX.none,
  });
}
