/**
 * The page that `malleolus export --page` writes, as benchmarks use it: written by the launcher, served with the
 * headers by which browsers give a page threads or without them, and timed from the chosen file to the findings.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";

/** It builds the pages where they are not of these sources. */
const launcher = fileURLToPath(new URL("../malleolus", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  mjs: "text/javascript",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};
const ISOLATING = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};
/** A browser that has hung ends the benchmark. */
const TIMEOUT_MS = 300_000;

export interface AnalysisPage {
  /** The page's own words on what computes: "WebAssembly. Threads: 2". */
  engine(): Promise<string>;
  /**
   * Milliseconds from the chosen file to the findings on the page.
   *
   * @throws Error in the page's words where it does not analyse.
   */
  analyse(path: string): Promise<number>;
}

export async function exportPage(checkpoint: string, out: string): Promise<void> {
  const options = ["export", "--page", "--checkpoint", checkpoint, "--out", out];
  const child = spawn(launcher, options, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`malleolus ${options.join(" ")} ended with ${code}`);
}

/** Below `/threads/` with the headers that isolate a page, below `/plain/` without them. */
export async function servePage(folder: string) {
  const server = createServer((request, response) => {
    const [, kind, ...names] = new URL(request.url ?? "", "http://page").pathname.split("/");
    const name = names.join("/") || "index.html";
    const path = join(folder, name);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    response
      .writeHead(200, { "content-type": type, ...(kind === "threads" ? ISOLATING : {}) })
      .end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("internal: no address");
  return { address: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

export async function hasGraphicsCard(browser: Browser, address: string): Promise<boolean> {
  const page = await browser.newPage();
  await page.goto(`${address}/threads/`);
  const hasCard = await page.evaluate<boolean>(
    `(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      return !!adapter && !adapter.info.isFallbackAdapter;
    })()`,
  );
  await page.close();
  return hasCard;
}

/** Of all processes of a browser, since each began; what a machine with other work on it does not stretch. */
export async function processorSeconds(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** @throws Error in the page's words where it does not open the detector. */
export async function openPage(browser: Browser, url: string): Promise<AnalysisPage> {
  const page = await browser.newPage({ locale: "en-GB" });
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto(url);
  await page.getByText(/^(The detector is here|The analysis stopped)/).waitFor();
  await refuseFailure(page);
  return {
    async engine() {
      const line = await page.getByText(/^Engine: /).innerText();
      return line.replace(/^Engine: (.*)\.$/, "$1");
    },
    async analyse(path) {
      const ms = await analyse(page, path);
      await refuseFailure(page);
      return ms;
    },
  };
}

async function refuseFailure(page: Page): Promise<void> {
  const said = await page.getByRole("status").innerText();
  if (said.startsWith("The analysis stopped")) throw new Error(said);
}

async function analyse(page: Page, path: string): Promise<number> {
  // A browser says nothing of a file that is chosen again.
  await page.locator("input[type=file]").setInputFiles([]);
  // What runs in the page is text: this file knows Node's types and no document.
  await page.evaluate(`{
    const stand = document.querySelector("[role=status]");
    const input = document.querySelector("input[type=file]");
    let began = 0;
    input.addEventListener("change", () => { began = performance.now(); }, { capture: true, once: true });
    window.analysed = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(stand.textContent)), ${TIMEOUT_MS});
      let isBusy = false;
      new MutationObserver((_, observer) => {
        isBusy ||= stand.textContent.startsWith("The radiograph is analysed");
        if (!/^Analysed in|stopped/.test(stand.textContent) || !isBusy) return;
        clearTimeout(late);
        observer.disconnect();
        resolve(performance.now() - began);
      }).observe(stand, { childList: true, characterData: true, subtree: true });
    });
    // Whoever evaluates waits for the last value, and this promise waits for a file.
    void 0;
  }`);
  await page.locator("input[type=file]").setInputFiles(path);
  return page.evaluate<number>("window.analysed");
}
