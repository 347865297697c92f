/**
 * Runs one benchmark: `node bench/main.ts NAME [--json] [--runs N] [--alone]`; `malleolus bench` calls it.
 * With `--behind` it runs at the priority of a training, beside another bench.
 * It refuses where there is nobody to compare with, unless told to measure our side alone.
 */
import { parseArgs } from "node:util";
import { yieldProcessor } from "@malleolus/host";
import { libtorchVersion, threads } from "@malleolus/torch";
import { archive } from "./archive.ts";
import type { Bench } from "./bench.ts";
import { convolution } from "./convolution.ts";
import { depthwise } from "./depthwise.ts";
import { detection } from "./detection.ts";
import { evaluationBench } from "./evaluation.ts";
import { importFiles } from "./import.ts";
import { inference } from "./inference.ts";
import { onnx } from "./onnx.ts";
import { onnxBrowser } from "./onnx-browser.ts";
import { operators } from "./operators.ts";
import { openPeer } from "./peer.ts";
import { findPeerPython } from "./peer-python.ts";
import { phantom } from "./phantom.ts";
import { precision } from "./precision.ts";
import { prelabel } from "./prelabel.ts";
import { reader } from "./reader.ts";
import { machine, type Report, table } from "./report.ts";
import { server } from "./server.ts";
import { trainingStep } from "./training-step.ts";
import { worklist } from "./worklist.ts";

const BENCHES: readonly Bench[] = [
  operators,
  convolution,
  depthwise,
  trainingStep,
  detection,
  onnx,
  onnxBrowser,
  precision,
  phantom,
  importFiles,
  worklist,
  evaluationBench,
  prelabel,
  server,
  inference,
  archive,
  reader,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean" },
    runs: { type: "string" },
    alone: { type: "boolean" },
    behind: { type: "boolean" },
  },
});
if (values.behind === true) yieldProcessor();
const bench = BENCHES.find(({ name }) => name === positionals[0]);
const runs = values.runs === undefined ? bench?.defaultRuns : Number(values.runs);
if (bench === undefined || runs === undefined || !Number.isInteger(runs) || runs < 1) {
  console.error(
    `usage: bench ${BENCHES.map(({ name }) => name).join("|")} [--json] [--runs N] [--alone]`,
  );
  process.exit(2);
}

const progress = (line: string) => console.error(line);
const isCompared = bench.peerModules.length > 0 && !values.alone;
const found = isCompared ? findPeerPython(bench.peerModules, libtorchVersion(), process.env) : null;
if (found !== null && "problem" in found) {
  console.error(`bench ${bench.name}: ${found.problem}`);
  process.exit(1);
}
const peer = found === null ? null : await openPeer(found.python, threads());
const rows = await bench.run({ peer, runs, progress });
peer?.close();
const ours = { node: process.version, libtorch: libtorchVersion() };
const report: Report = {
  name: bench.name,
  machine: machine(threads()),
  versions: peer === null ? ours : { ...ours, ...prefixed("peer", peer.versions) },
  rows,
};
// A row that is quoted alone says where it was measured.
const described = rows.map((row) => ({
  ...row,
  machine: report.machine,
  versions: report.versions,
}));
if (values.json) console.log(JSON.stringify({ ...report, rows: described }));
else console.log(table(report));

function prefixed(
  prefix: string,
  versions: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(versions).map(([key, value]) => [`${prefix} ${key}`, value]),
  );
}
