/**
 * A radiograph analysed in Debian's chromium, on the real server under its content policy and on a plain one
 * that says nothing: the browser finds what ONNX Runtime finds in Node, and from the moment that a radiograph
 * is chosen the page asks nobody for anything, so that no request can carry it.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { openOnnxDetector } from "@malleolus/onnx";
import {
  buildAnkle,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  withPitch,
} from "@malleolus/phantom";
import type { RadiographAnalysis } from "@malleolus/schema";
import * as runtime from "onnxruntime-node";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { readDetectorModel } from "../../packages/cli/src/model-export/detector-model.ts";
import { exportPage } from "../../packages/cli/src/model-export/export-page.ts";
import { launchBrowser, noBrowser } from "../../packages/web/src/test-browser.ts";
import { openRoom, scratchFolder } from "./test-room.ts";
import { assertAccessible, newVisitor, setUp, type Visitor } from "./visitor.ts";

/** A simulated ankle as a picture of 8 bits. */
async function ankle(): Promise<Buffer> {
  const patient = buildAnkle(samplePatient("analyse", { weberClass: "B", exclusion: null }));
  const unit = withPitch(internalXrayUnit, 0.4);
  const { width, height, pixels } = simulateRadiograph(patient, "ap", unit);
  const levels = Uint8Array.from(pixels, (value) => Math.round(255 * value));
  return sharp(levels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
}

/** What Node finds on the same picture with the same file. */
async function analysisInNode(picture: Buffer): Promise<RadiographAnalysis> {
  const model = await readDetectorModel(shippedDetector());
  assert.ok(model !== null);
  const detector = await openOnnxDetector(model, "the detector", runtime);
  const analysis = await detector.analyze(await decodeRadiograph(picture, "ankle.png"));
  await detector.close();
  return analysis;
}

/** Chooses a picture, and says what was asked of whom until the findings were there. */
async function analyse(page: Page, picture: Buffer): Promise<string[]> {
  await page.getByText("The detector is here.").waitFor();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.method()} ${request.url()}`));
  page.on("websocket", (socket) => asked.push(socket.url()));
  const file = { name: "ankle.png", mimeType: "image/png", buffer: picture };
  await page.getByLabel("Radiograph", { exact: true }).setInputFiles(file);
  await page.getByText(/^Analysed in /).waitFor();
  return asked;
}

/** Class and score of every row of the second table. */
async function scoresOn(page: Page): Promise<string[]> {
  const rows = page.getByRole("table").last().getByRole("row");
  return (await rows.allInnerTexts()).slice(1).map((text) => text.trim().split(/\s+/).at(-1) ?? "");
}

async function checkAnalysis(visitor: Visitor, picture: Buffer, expected: RadiographAnalysis) {
  const { page, troubles } = visitor;
  assert.deepEqual(await analyse(page, picture), [], "something was asked of a server");
  const scores = (await scoresOn(page)).map(Number);
  Object.values(expected.classScores).forEach((score, i) => {
    assert.ok(
      Math.abs(scores[i] - score) < 0.011,
      `${scores.join(" ")}, expected ${score} at ${i}`,
    );
  });
  assert.ok(Math.max(...scores) > 0.3, "nothing was found: there is nothing to compare");
  await assertAccessible(page, "analysis");
  assert.deepEqual(troubles, []);
}

/** Any web server: files, and not one header of a policy. */
async function servePlainly(context: TestContext, folder: string): Promise<string> {
  const types: Readonly<Record<string, string>> = {
    css: "text/css",
    html: "text/html",
    js: "text/javascript",
    mjs: "text/javascript",
    svg: "image/svg+xml",
    wasm: "application/wasm",
  };
  const server = createServer((request, response) => {
    const name = (request.url ?? "").replace(/^\/supplement\//, "") || "index.html";
    try {
      const bytes = readFileSync(join(folder, name));
      const type = types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

test("analyse: a radiograph in the browser, which never leaves it", {
  skip: noBrowser,
}, async (context) => {
  const folder = scratchFolder(context);
  const readDetector = () => readDetectorModel(shippedDetector());
  const room = await openRoom(folder, { patients: 1, pitchMm: 0.5, readDetector });
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { address, setupLink } = room.server;
  const picture = await ankle();
  const expected = await analysisInNode(picture);

  await context.test("nobody gets the detector without an account", async () => {
    const { page } = await newVisitor(browser, address);
    await page.goto("/analyse.html");
    await page.getByText(/^The detector is handed out to accounts/).waitFor();
  });

  await context.test("on our server, in threads, under the content policy", async () => {
    const visitor = await newVisitor(browser, address);
    await setUp(visitor.page, setupLink ?? "");
    await visitor.page.getByRole("link", { name: "Analyse" }).click();
    await checkAnalysis(visitor, picture, expected);
    const threads = await visitor.page.evaluate<number>(
      "Math.min(navigator.hardwareConcurrency, 8)",
    );
    await visitor.page.getByText(`Threads: ${threads}`, { exact: true }).waitFor();
    const text = { name: "text.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    await visitor.page.getByLabel("Radiograph", { exact: true }).setInputFiles(text);
    await visitor.page.getByText(/^This file cannot be read/).waitFor();
  });

  await context.test("in a copy on a server that knows nothing of it, in one thread", async () => {
    const copy = join(folder, "supplement");
    const silent = { write: () => {}, writeError: () => {} };
    const given = { checkpoint: undefined, out: copy, json: false };
    await exportPage({ ...given, webFolder: join(folder, "pages") }, silent);
    // The page's own files, and nothing of the reading room's.
    const assets = readdirSync(join(copy, "assets")).join(" ");
    assert.match(assets, /analysis-worker.*ort-wasm-simd-threaded/);
    assert.doesNotMatch(assets, /worklist-page|read-page|radiograph-worker/);
    const plain = await servePlainly(context, copy);
    const visitor = await newVisitor(browser, plain);
    await visitor.page.goto("/supplement/");
    await checkAnalysis(visitor, picture, expected);
    await visitor.page.getByText("Threads: 1", { exact: true }).waitFor();
    await assert.rejects(
      exportPage({ ...given, webFolder: join(folder, "pages") }, silent),
      /expected an empty folder/,
    );
  });
});
