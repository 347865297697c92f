/** Runs one benchmark: `node bench/main.ts NAME [--json] [--runs N]`; `malleolus bench` calls it. */
import { parseArgs } from "node:util";
import { libtorchVersion, threads } from "@malleolus/torch";
import type { Bench } from "./bench.ts";
import { convolution } from "./convolution.ts";
import { detection } from "./detection.ts";
import { importFiles } from "./import.ts";
import { operators } from "./operators.ts";
import { openPeer } from "./peer.ts";
import { phantom } from "./phantom.ts";
import { precision } from "./precision.ts";
import { machine, type Report, table } from "./report.ts";
import { trainingStep } from "./training-step.ts";
import { worklist } from "./worklist.ts";

const BENCHES: readonly Bench[] = [
  operators,
  convolution,
  trainingStep,
  detection,
  precision,
  phantom,
  importFiles,
  worklist,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, runs: { type: "string" } },
});
const bench = BENCHES.find(({ name }) => name === positionals[0]);
const runs = values.runs === undefined ? bench?.defaultRuns : Number(values.runs);
if (bench === undefined || runs === undefined || !Number.isInteger(runs) || runs < 1) {
  console.error(`usage: bench ${BENCHES.map(({ name }) => name).join("|")} [--json] [--runs N]`);
  process.exit(2);
}

const progress = (line: string) => console.error(line);
const peer = await openPeer(threads(), bench.peerModules);
if (peer === null) {
  progress(
    `no Python with ${bench.peerModules.join(" and ")} was found (Debian: python3-torch, python3-torchvision; or MALLEOLUS_PEER_PYTHON): only our side is measured`,
  );
}
const rows = await bench.run({ peer, runs, progress });
peer?.close();
const ours = { node: process.version, libtorch: libtorchVersion() };
const report: Report = {
  name: bench.name,
  machine: machine(threads()),
  versions: peer === null ? ours : { ...ours, ...prefixed("peer", peer.versions) },
  rows,
};
if (values.json) console.log(JSON.stringify(report));
else console.log(table(report));

function prefixed(
  prefix: string,
  versions: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(versions).map(([key, value]) => [`${prefix} ${key}`, value]),
  );
}
