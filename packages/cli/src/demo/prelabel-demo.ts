/**
 * The demonstration's preliminary networks: what they propose for annotators to mend, and which radiographs
 * they would have chosen. They come with the project, trained on simulated patients of another seed.
 *
 * The choice is shown beside what was passed over, and does not decide: the detector learns from radiographs
 * that were drawn, so that its figures do not depend on two networks.
 */
import type { ShippedPreliminary } from "@malleolus/networks";
import { type Study, selectTraining } from "@malleolus/studies";
import { prelabelStudy } from "../prelabel/prelabel-study.ts";
import type { DemoProgress } from "./demo-progress.ts";

/** In the study. */
const NAME = "simulated-ankle";
const WHO = "demo";
/** Threads that read radiographs, and as many that outline. */
const WORKERS = 2;
/** Of what can be chosen from: fewer than there are, or nothing is passed over. */
const SHARE_PICKED = 0.5;
const HARDEST = 100;

/** Null where it was stopped. */
export async function prelabelDemo(
  study: Study,
  networks: ShippedPreliminary,
  progress: DemoProgress,
  stop: AbortSignal,
): Promise<true | null> {
  await prelabelStudy({
    study,
    ...networks,
    name: NAME,
    who: WHO,
    workers: WORKERS,
    stop,
    onRadiograph: (done, total) => progress.count(done, total, "radiographs"),
    onFailure: (reason) => progress.say(reason),
    onUncalibrated: () => progress.say("the classifier is not calibrated"),
  });
  return stop.aborted ? null : true;
}

export async function selectDemo(study: Study): Promise<void> {
  const { fracture, noFracture } = study.protocol.splits.training;
  const count = Math.round(SHARE_PICKED * (fracture + noFracture));
  await selectTraining(study, {
    strategy: "hard",
    count,
    balance: { fracture, noFracture },
    hardest: HARDEST,
    who: WHO,
  });
}
