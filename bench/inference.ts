/**
 * The inference service as its clients know it: `malleolus serve --inference` in a process of its own, asked over
 * real connections. How long from its start until the model is warm; how long a study of three views takes from
 * "complete" to its result, alone and with ten at once; and how much memory it holds after many requests. It has no
 * peer. A run is a study alone, ten at once, and a thousand requests; `--runs 20` makes 20,000.
 *
 * What is not timed: sending to an archive, and the wait for a study to be complete by itself. The memory is that of the
 * process that answers; the one that analyses is another.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { internalHospital } from "@malleolus/phantom";
import type { Bench } from "./bench.ts";
import type { Row } from "./measure.ts";
import { phantomFiles, variantFiles } from "./variants.ts";

const AT_ONCE = 10;
/** Half of them a radiograph that is known, half the list of the studies. */
const REQUESTS_A_RUN = 1_000;
const MIB = 2 ** 20;
const program = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));
const environment = { ...process.env, MALLEOLUS_PASSPHRASE: "lantern gravel otter nineteen" };

export const inference: Bench = {
  name: "inference",
  peerModules: [],
  defaultRuns: 5,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-inference-"));
    let child: ChildProcess | undefined;
    try {
      progress("a phantom of three views");
      const [original] = phantomFiles(internalHospital, 1);
      let patient = 0;
      const nextStudy = () => variantFiles(original, patient++);
      const inbox = join(folder, "inbox");
      mkdirSync(inbox);
      // Phantoms are ankles, whatever their files say.
      writeFileSync(join(inbox, "service.toml"), "[rule]\nbodyParts = []\n");
      const began = performance.now();
      child = startService(inbox);
      const address = await addressOf(child);
      // Before the key is made: that is a program of its own, which would take a core from the service.
      while (!(await isReady(address))) await new Promise((resolve) => setTimeout(resolve, 20));
      const warmMs = performance.now() - began;
      const service = clientOf(address, inbox);
      progress(`${runs} studies alone`);
      await service.timeStudies([nextStudy()]);
      const alone: number[] = [];
      for (let run = 0; run < runs; run++) {
        alone.push(...(await service.timeStudies([nextStudy()])));
      }
      progress(`${runs} times ${AT_ONCE} studies at once`);
      const together: number[] = [];
      for (let run = 0; run < runs; run++) {
        const studies = Array.from({ length: AT_ONCE }, nextStudy);
        together.push(...(await service.timeStudies(studies)));
      }
      const requests = runs * REQUESTS_A_RUN;
      progress(`${requests} requests`);
      const known = nextStudy();
      const before = await service.residentBytes(known, requests / 10);
      const after = await service.residentBytes(known, requests);
      const memory =
        `the service's memory: ${mebibytes(before)} MiB after ${requests / 10} requests, ` +
        `${mebibytes(after)} MiB after ${requests} more`;
      return [
        row("from the start until the model is warm", [warmMs], 0.5),
        row("a study of three views, alone, median", alone, 0.5),
        row(`a study of three views, ${AT_ONCE} at once, median`, together, 0.5),
        row(`a study of three views, ${AT_ONCE} at once, percentile 95`, together, 0.95, memory),
      ];
    } finally {
      child?.kill("SIGTERM");
      if (child !== undefined && child.exitCode === null) await once(child, "close");
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export function startService(inbox: string): ChildProcess {
  const args = [program, "serve", inbox, "--inference", "--port", "0", "--json"];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: environment });
}

/** Whether the model is warm. */
export async function isReady(address: string): Promise<boolean> {
  return (await fetch(`${address}/readyz`)).ok;
}

/** Where it listens; the model may not be there yet. */
export async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("internal: no output to read");
  const ended = once(child, "close").then(([code]) => {
    throw new Error(`expected the service, got its end with ${code}`);
  });
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, "data"), ended]);
  const { address }: { address: string } = JSON.parse(String(line));
  return address;
}

/** Makes itself a key. */
function clientOf(address: string, inbox: string) {
  const args = [program, "serve", inbox, "--inference", "--new-key", "bench", "--json"];
  const made = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  const { key }: { key: string } = JSON.parse(String(made));
  const ask = async (method: string, path: string, file?: Uint8Array) => {
    const answer = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(file === undefined ? {} : { "content-type": "application/dicom" }),
      },
      ...(file === undefined ? {} : { body: new Blob([new Uint8Array(file)]) }),
    });
    const text = await answer.text();
    if (answer.ok) return text;
    throw new Error(`${method} ${path}: expected an answer, got ${answer.status} ${text}`);
  };
  const send = async (files: readonly Uint8Array[]): Promise<string> => {
    let id = "";
    for (const file of files) id = JSON.parse(await ask("POST", "/v1/images", file)).id;
    return id;
  };
  return {
    /** Milliseconds of each, from "complete" to its result; all are told complete at once. */
    async timeStudies(studies: readonly (readonly Uint8Array[])[]): Promise<number[]> {
      const ids: string[] = [];
      for (const files of studies) ids.push(await send(files));
      return Promise.all(
        ids.map(async (id) => {
          const start = performance.now();
          await ask("POST", `/v1/studies/${id}/complete`);
          const told = await ask("GET", `/v1/studies/${id}/events`);
          const elapsed = performance.now() - start;
          if (!told.includes('"state":"done"')) throw new Error(`expected a result, got ${told}`);
          await ask("DELETE", `/v1/studies/${id}`);
          return elapsed;
        }),
      );
    },
    /** Of the service's own process, after so many requests, ten at a time. */
    async residentBytes(files: readonly Uint8Array[], requests: number): Promise<number> {
      const [file] = files;
      await send([file]);
      let left = requests;
      const client = async () => {
        while (left-- > 0) {
          if (left % 2 === 0) await ask("POST", "/v1/images", file);
          else await ask("GET", "/v1/studies");
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, client));
      const figures = await ask("GET", "/metrics");
      return Number(/^malleolus_resident_memory_bytes (\d+)$/m.exec(figures)?.[1]);
    },
  };
}

function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(0);
}

/** A percentile of some times, with the least and the greatest. */
export function row(name: string, times: readonly number[], share: number, note?: string): Row {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return {
    case: name,
    oursMs: at(share),
    peerMs: null,
    ratio: null,
    peer: null,
    oursRangeMs: [at(0), at(1)],
    peerRangeMs: null,
    ...(note === undefined ? {} : { note }),
  };
}
