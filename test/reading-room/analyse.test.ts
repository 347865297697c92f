/**
 * A radiograph analysed in Debian's chromium, from a picture and from a DICOM file, on the real server under its
 * content policy and on a plain one that says nothing: the browser finds what ONNX Runtime finds in Node, and from
 * the moment that a radiograph is chosen the page asks nobody for anything, so that no request can carry it.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { decodeRadiograph } from "@malleolus/data";
import { compressedFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { openOnnxDetector } from "@malleolus/onnx";
import {
  buildAnkle,
  externalHospital,
  internalXrayUnit,
  samplePatient,
  simulateRadiograph,
  simulateStudy,
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
import { assertAccessible, goTo, newVisitor, setUp, type Visitor } from "./visitor.ts";

const PHONE = { viewport: { width: 390, height: 844 } };

interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A simulated ankle as a picture of 8 bits. */
async function ankle(): Promise<ChosenFile> {
  const patient = buildAnkle(samplePatient("analyse", { weberClass: "B", exclusion: null }));
  const unit = withPitch(internalXrayUnit, 0.4);
  const { width, height, pixels } = simulateRadiograph(patient, "ap", unit);
  const levels = Uint8Array.from(pixels, (value) => Math.round(255 * value));
  const buffer = await sharp(levels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  return { name: "ankle.png", mimeType: "image/png", buffer };
}

/** One with findings as a DICOM file in lossless JPEG, bones dark; its name says nothing of what it is. */
function dicomAnkle(): ChosenFile {
  const unit = withPitch(externalHospital.xrayUnit, 0.3);
  const spec = { weberClass: "C", exclusion: null } as const;
  const [, { file }] = simulateStudy(externalHospital, "shots", 2, spec, unit).images;
  return { name: "IM000001", mimeType: "", buffer: Buffer.from(file) };
}

/** What Node finds in the same file with the same detector. */
async function analysisInNode({ buffer, name }: ChosenFile): Promise<RadiographAnalysis> {
  const model = await readDetectorModel(shippedDetector());
  assert.ok(model !== null);
  const detector = await openOnnxDetector(model, "the detector", runtime);
  const analysis = await detector.analyze(await decodeRadiograph(buffer, name));
  await detector.close();
  return analysis;
}

/** Chooses a file, and says what was asked of whom until the findings were there. */
async function analyse(page: Page, file: ChosenFile): Promise<string[]> {
  const asked: string[] = [];
  const note = (request: { method(): string; url(): string }) =>
    asked.push(`${request.method()} ${request.url()}`);
  page.on("request", note);
  page.on("websocket", (socket) => asked.push(socket.url()));
  await page.getByLabel("Radiograph", { exact: true }).setInputFiles(file);
  // Before it what was found on another file stands there.
  await page.getByText("The radiograph is analysed.").waitFor();
  await page.getByText(/^Analysed in /).waitFor();
  page.off("request", note);
  return asked;
}

/** Chooses a file that is refused, and waits for the reason. */
async function refuse(page: Page, file: ChosenFile, reason: RegExp): Promise<void> {
  await page.getByLabel("Radiograph", { exact: true }).setInputFiles(file);
  await page.getByText(reason).waitFor();
}

function emptyPicture(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: "black" } })
    .png()
    .toBuffer();
}

/** Class and score of every row of the second table. */
async function scoresOn(page: Page): Promise<string[]> {
  const rows = page.getByRole("table").last().getByRole("row");
  return (await rows.allInnerTexts()).slice(1).map((text) => text.trim().split(/\s+/).at(-1) ?? "");
}

async function checkAnalysis(visitor: Visitor, file: ChosenFile, expected: RadiographAnalysis) {
  const { page, troubles } = visitor;
  assert.deepEqual(await analyse(page, file), [], "something was asked of a server");
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

/** Any web server: files, and not one header of a policy. It notes what it was asked, whoever asked. */
async function servePlainly(context: TestContext, folder: string) {
  const asked: string[] = [];
  const types: Readonly<Record<string, string>> = {
    css: "text/css",
    html: "text/html",
    js: "text/javascript",
    mjs: "text/javascript",
    svg: "image/svg+xml",
    wasm: "application/wasm",
  };
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    asked.push(`${method} ${url}, ${headers["content-length"] ?? "0"} bytes of body`);
    const name = (url ?? "").replace(/^\/supplement\//, "") || "index.html";
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
  return { address: `http://127.0.0.1:${address.port}`, asked };
}

test("analyse: a radiograph in the browser, which never leaves it", {
  skip: noBrowser,
}, async (context) => {
  const folder = scratchFolder(context);
  const readDetector = () => readDetectorModel(shippedDetector());
  const room = await openRoom(folder, { readDetector });
  context.after(room.close);
  const browser = await launchBrowser();
  context.after(() => browser.close());
  const { address, setupLink } = room.server;
  const picture = await ankle();
  const dicom = dicomAnkle();
  const [expected, ofDicom] = [await analysisInNode(picture), await analysisInNode(dicom)];

  await context.test("nobody gets the detector without an account", async () => {
    const { page } = await newVisitor(browser, address);
    await page.goto("/analyse.html");
    await page.getByText(/^The detector is handed out to accounts/).waitFor();
  });

  await context.test("on our server, in threads, under the content policy", async (own) => {
    const visitor = await newVisitor(browser, address);
    const { page } = visitor;
    await setUp(page, setupLink ?? "");
    await goTo(page, "Analyse");
    await page.getByText("The detector is here.").waitFor();
    await checkAnalysis(visitor, picture, expected);
    assert.equal(await page.getByText("at detector").count(), 0, "a picture has no millimetres");
    const threads = await page.evaluate<number>("Math.min(navigator.hardwareConcurrency, 8)");
    await page.getByText(`Engine: WebAssembly. Threads: ${threads}.`, { exact: true }).waitFor();
    await own.test("a DICOM file, in millimetres, named anyhow", async () => {
      await checkAnalysis(visitor, dicom, ofDicom);
      const lengths = ofDicom.findings.map(({ lengthMm }) => lengthMm ?? Number.NaN);
      const told = await page.getByText(/ mm at detector$/).allInnerTexts();
      assert.ok(told.length > 0);
      for (const text of told) {
        const length = Number(text.split(" ")[0]);
        assert.ok(
          lengths.some((one) => Math.abs(one - length) < 0.2),
          `${text}: ${lengths}`,
        );
      }
    });
    await own.test("files that are none are refused in words", async () => {
      const { buffer } = dicom;
      const named = (bytes: Buffer) => ({ name: "a.dcm", mimeType: "", buffer: bytes });
      const other = compressedFile(GRAY_2X2, "1.2.840.10008.1.2.4.90", Uint8Array.of(0xff, 0x4f));
      await refuse(page, named(other), /JPEG 2000 Lossless.*which this page does not unpack/);
      await refuse(page, named(Buffer.from("no picture")), /^This file cannot be read/);
      await refuse(page, named(buffer.subarray(0, buffer.length - 9000)), /cut or damaged/);
      await refuse(page, { ...picture, buffer: await emptyPicture(8200, 4) }, /larger than/);
      await assertAccessible(page, "refusal");
      assert.deepEqual(visitor.troubles, []);
    });
  });

  await context.test(
    "in a copy on a server that knows nothing of it, on a phone, in one thread",
    async () => {
      const copy = join(folder, "supplement");
      const silent = { write: () => {}, writeError: () => {} };
      const given = { checkpoint: undefined, out: copy, json: false };
      await exportPage({ ...given, webFolder: room.webFolder }, silent);
      // The page's own files, and nothing of the reading room's.
      const assets = readdirSync(join(copy, "assets")).join(" ");
      assert.match(assets, /analysis-worker.*ort-wasm-simd-threaded/);
      assert.doesNotMatch(assets, /worklist-page|read-page|radiograph-worker/);
      const plain = await servePlainly(context, copy);
      const visitor = await newVisitor(browser, plain.address, PHONE);
      const settings = JSON.stringify({ theme: "light" });
      await visitor.page.addInitScript(
        `localStorage.setItem("malleolus:settings:", ${JSON.stringify(settings)})`,
      );
      await visitor.page.goto("/supplement/");
      await visitor.page.getByText("The detector is here.").waitFor();
      const before = [...plain.asked];
      await checkAnalysis(visitor, picture, expected);
      assert.deepEqual(
        plain.asked,
        before,
        "the radiograph's analysis asked the server for something",
      );
      for (const one of before) assert.match(one, /^GET .*, 0 bytes of body$/);
      const shown =
        "[document.documentElement.dataset.theme, document.documentElement.scrollWidth]";
      assert.deepEqual(await visitor.page.evaluate(shown), ["light", PHONE.viewport.width]);
      await visitor.page.getByText("Engine: WebAssembly. Threads: 1.", { exact: true }).waitFor();
      await assert.rejects(
        exportPage({ ...given, webFolder: room.webFolder }, silent),
        /expected an empty folder/,
      );
    },
  );
});
