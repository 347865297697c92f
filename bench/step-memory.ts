/**
 * The most memory that a training step holds, each side in a process of its own, as whoever trains sees it:
 * the process's resident pages at their highest, with its runtime and its libraries. Started by hand:
 *
 *     node bench/step-memory.ts [HEIGHT WIDTH, 800 672 unless given]
 *
 * The peer is found as `malleolus bench` finds it, and its steps are those of `bench training-step`: two
 * images, float32, SGD with momentum.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { libtorchVersion, setThreads, threads } from "@malleolus/torch";
import { prepareOurs, type Size, truthBoxes, variantsOf } from "./mask-rcnn.ts";
import { openPeer } from "./peer.ts";
import { findPeerPython } from "./peer-python.ts";
import { machine } from "./report.ts";
import { IMAGES, targets, trainer } from "./training-step.ts";

const STEPS = 4;
const OURS = "--ours";

const numbers = process.argv.slice(2).filter((argument) => argument !== OURS);
const [height = 800, width = 672] = numbers.map(Number);
const size: Size = { height, width };
const boxes = truthBoxes(IMAGES, size);

if (process.argv.includes(OURS)) {
  setThreads(threads());
  const { once } = trainer(prepareOurs(null, size, IMAGES), targets(boxes), "float32");
  for (let step = 0; step < STEPS; step++) once();
  console.log(process.resourceUsage().maxRSS);
} else {
  await compare();
}

async function compare(): Promise<void> {
  console.log(JSON.stringify({ ...machine(threads()), libtorch: libtorchVersion() }));
  const own = spawnSync(
    process.execPath,
    [fileURLToPath(import.meta.url), OURS, String(height), String(width)],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  say("ours", Number(own.stdout));
  const found = findPeerPython(["torch", "torchvision"], libtorchVersion(), process.env);
  if ("problem" in found) {
    console.error(found.problem);
    process.exitCode = 1;
    return;
  }
  const first = await openPeer(found.python, threads());
  const variants = variantsOf(first);
  first.close();
  for (const variant of variants) {
    const peer = await openPeer(found.python, threads());
    const request = { bench: "mask-rcnn", key: variant };
    await peer.ask({
      action: "prepare",
      ...request,
      variant,
      task: "training",
      images: IMAGES,
      ...size,
      boxes,
    });
    for (let step = 0; step < STEPS; step++) await peer.run({ action: "run", ...request });
    const { kibibytes } = await peer.ask({ action: "memory" });
    say(variant, Number(kibibytes));
    peer.close();
  }
}

function say(name: string, kibibytes: number): void {
  console.log(`${name}: ${(kibibytes / 2 ** 20).toFixed(2)} GiB`);
}
