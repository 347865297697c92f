/**
 * Detection on one radiograph in Debian's chromium, on the page that `export --page` writes, by every engine that the
 * browser has, beside ONNX Runtime in Node and LibTorch, all in turn, from the same file of weights: from the chosen
 * file to the findings on the page, and from the file's bytes to findings. A ratio below 1 is what the browser costs.
 * WebAssembly has a thread for every core where the server isolates the page, and one where it does not. WebGPU is
 * measured where the browser has a graphics card.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRadiograph } from "@malleolus/data";
import {
  type DataSet,
  type ElementValue,
  TRANSFER_SYNTAX,
  writeDicomFile,
} from "@malleolus/data/dicom";
import { openDetector, shippedDetector, writeDetector } from "@malleolus/networks";
import { exportNetwork, openOnnxDetector } from "@malleolus/onnx";
import { threads } from "@malleolus/torch";
import * as runtime from "onnxruntime-node";
import { type Browser, chromium } from "playwright-core";
import {
  type AnalysisPage,
  exportPage,
  hasGraphicsCard,
  openPage,
  processorSeconds,
  servePage,
} from "./analysis-page.ts";
import type { Bench } from "./bench.ts";
import { prepareOurs, type Size } from "./mask-rcnn.ts";
import { type Contestant, measure, type Row, row, summarize } from "./measure.ts";

const CHROMIUM = "/usr/bin/chromium";
const LARGE: Size = { height: 800, width: 672 };
/** To which the shipped detector brings most radiographs. */
const SHIPPED_SIZE: Size = { height: 384, width: 320 };
/** Where the page is asked for: which engine, and whether it may have threads. */
const WASM = ["threads/?engine=wasm", "plain/?engine=wasm"];
const WEBGPU = "threads/?engine=webgpu";

type Progress = (line: string) => void;

export const onnxBrowser: Bench = {
  name: "onnx-browser",
  peerModules: [],
  defaultRuns: 5,
  async run({ runs, progress }) {
    if (!existsSync(CHROMIUM)) throw new Error(`no ${CHROMIUM}; install Debian's chromium`);
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-onnx-browser-"));
    try {
      progress("a ResNet-50-FPN is drawn");
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
  progress: Progress,
): Promise<Row[]> {
  const name = `${what}, ${size.height}x${size.width}`;
  progress(`${name}: the page is written`);
  const page = join(folder, `page-${size.height}`);
  await exportPage(checkpoint, page);
  const radiograph = join(folder, `${size.height}.dcm`);
  const bytes = picture(size);
  writeFileSync(radiograph, bytes);
  progress(`${name}: the detector is opened in Node`);
  const peers = await openPeers(checkpoint, bytes, radiograph);
  const server = await servePage(page);
  const browser = await launch();
  const watch = watchOf(name, progress);
  try {
    const pages: { readonly engine: string; readonly page: AnalysisPage }[] = [];
    const hasCard = await hasGraphicsCard(browser, server.address);
    for (const place of [...WASM, ...(hasCard ? [WEBGPU] : [])]) {
      progress(`${name}: chromium opens ${place}`);
      const opened = await openPage(browser, `${server.address}/${place}`);
      const engine = await opened.engine();
      // One core has one thread either way.
      if (pages.every((one) => one.engine !== engine)) pages.push({ engine, page: opened });
    }
    const inBrowser = () => processorSeconds(browser);
    const contestants = [
      ...pages.map((one) => watch.told(one.engine, inBrowser, () => one.page.analyse(radiograph))),
      ...peers.map((one) => watch.told(one.name, inThisProcess, one.run)),
    ];
    const times = await measure(contestants, runs, 1);
    return pages.flatMap(({ engine }) =>
      peers.map(({ name: peer }) => {
        const [own, other] = [watch.processorSeconds(engine), watch.processorSeconds(peer)];
        const note = `${own} and ${other} s of processor time; the peer in ${threads()} threads`;
        return row(`${name}, ${engine}`, times.get(engine), times.get(peer), peer, note);
      }),
    );
  } finally {
    await browser.close();
    server.close();
    for (const { close } of peers) await close();
  }
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

interface OpenPeer extends Contestant {
  close(): void | Promise<void>;
}

/** Both from a file's bytes to findings. */
async function openPeers(checkpoint: string, bytes: Uint8Array, path: string): Promise<OpenPeer[]> {
  const file = exportNetwork(readFileSync(checkpoint), checkpoint, { weightType: "float32" });
  const session = { intraOpNumThreads: threads() };
  const inNode = await openOnnxDetector(file, checkpoint, runtime, { session });
  const libTorch = openDetector(checkpoint);
  const opened = [
    { name: "ONNX Runtime in Node", detector: inNode },
    { name: "LibTorch float32", detector: libTorch },
  ];
  return opened.map(({ name, detector }) => ({
    name,
    async run() {
      const began = performance.now();
      await detector.analyze(await decodeRadiograph(bytes, path));
      return performance.now() - began;
    },
    close: () => detector.close(),
  }));
}

/** Says of each run of its contestants how long it took, and keeps what it took of the processors. */
function watchOf(where: string, progress: Progress) {
  const taken = new Map<string, number[]>();
  return {
    told(name: string, clock: () => Promise<number>, run: Contestant["run"]): Contestant {
      const own: number[] = [];
      taken.set(name, own);
      return {
        name,
        async run() {
          const before = await clock();
          const ms = await run();
          const seconds = (await clock()) - before;
          own.push(seconds);
          const [wall, processor] = [ms / 1000, seconds].map((one) => one.toFixed(2));
          progress(`${where}: ${name} ${wall} s, ${processor} s of processor time`);
          return ms;
        },
      };
    },
    /** The median of all runs, the one that does not count among them. */
    processorSeconds: (name: string) => summarize(taken.get(name) ?? []).medianMs.toFixed(2),
  };
}

function inThisProcess(): Promise<number> {
  const { user, system } = process.cpuUsage();
  return Promise.resolve((user + system) / 1e6);
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
