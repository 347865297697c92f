/**
 * What a simulated radiograph of 1024 x 1280 costs, fractured and with its ground truth: on one core,
 * and on all of them, as `simulateStudies` gives whole studies with their files and reports. It has
 * no peer. A patient's ankle is built once for three views, so a third of that belongs to each.
 */
import { availableParallelism } from "node:os";
import {
  buildAnkle,
  internalHospital,
  internalXrayUnit,
  type PatientSpec,
  samplePatient,
  simulateRadiograph,
  simulateStudies,
} from "@malleolus/phantom";
import type { Bench } from "./bench.ts";
import { measure, type Row, row, timed } from "./measure.ts";

const SPEC: PatientSpec = { weberClass: "B", exclusion: null };
/** For each thread, so that the time it takes to start counts for little. */
const STUDIES_A_THREAD = 5;

export const phantom: Bench = {
  name: "phantom",
  peerModules: [],
  defaultRuns: 9,
  async run({ runs, progress }) {
    const rows = await onOneCore(runs);
    const threads = availableParallelism();
    progress(`${STUDIES_A_THREAD * threads} studies on ${threads} threads, again and again`);
    return [...rows, await onAllCores(Math.ceil(runs / 3), threads)];
  },
};

async function onOneCore(runs: number): Promise<Row[]> {
  let number = 0;
  const draw = () => samplePatient(`bench ${number++}`, SPEC);
  let ankle = buildAnkle(draw());
  const times = await measure(
    [
      {
        name: "ankle",
        run: () =>
          timed(() => {
            ankle = buildAnkle(draw());
          }),
      },
      {
        name: "view",
        run: () =>
          timed(() => {
            simulateRadiograph(ankle, "mortise", internalXrayUnit);
          }),
      },
    ],
    runs,
  );
  const rows: Row[] = [
    row("build an ankle", times.get("ankle"), undefined, null),
    row("one radiograph of it, 1024 x 1280", times.get("view"), undefined, null),
  ];
  const [built, seen] = rows;
  const perRadiograph = built.oursMs / 3 + seen.oursMs;
  return rows.map((each) => ({
    ...each,
    note: `${(1000 / perRadiograph).toFixed(2)} radiographs a second and core, three views a patient`,
  }));
}

/** Milliseconds a radiograph, from the start of the threads to their end. */
async function onAllCores(runs: number, threads: number): Promise<Row> {
  const specs = Array.from({ length: STUDIES_A_THREAD * threads }, () => SPEC);
  let round = 0;
  const run = async () => {
    const seed = `bench ${round++}`;
    const start = performance.now();
    let radiographs = 0;
    const studies = simulateStudies({ hospital: internalHospital, seed, specs, workers: threads });
    for await (const { images } of studies) radiographs += images.length;
    return (performance.now() - start) / radiographs;
  };
  const times = await measure([{ name: "all", run }], runs, 0);
  const each = row("one of whole studies, all cores", times.get("all"), undefined, null);
  const rate = (1000 / each.oursMs).toFixed(2);
  return { ...each, note: `${rate} radiographs a second, ${threads} threads, with their files` };
}
