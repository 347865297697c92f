/** What a run holds while it trains: its task, its optimizer, its radiographs, its records. */

import type { ImageBatch } from "@malleolus/networks";
import type { RunDirectory } from "@malleolus/runs";
import type { Recipe, RunStanding, WeightsFit } from "@malleolus/schema";
import { libtorchVersion, nn, scope, threads } from "@malleolus/torch";
import { inDtype } from "./batch.ts";
import { hasObjects } from "./data-set.ts";
import { type Loader, openLoader } from "./loader/loader.ts";
import { sampleRequests } from "./loader/sample-requests.ts";
import { newOptimizer } from "./optimizer.ts";
import { spreadState } from "./parallel/spread-state.ts";
import type { Team } from "./parallel/team.ts";
import { waitForLeader, whileOthersWait } from "./parallel/waiting.ts";
import { type FollowingRecords, followLeader } from "./run/follow-leader.ts";
import { openRecords, type Records } from "./run/records.ts";
import { loadTraining, type TrainingState } from "./run/training-state.ts";
import { RADIOGRAPHS_A_BATCH, shownBatches } from "./shown-batches.ts";
import { newTask } from "./tasks/new-task.ts";
import type { TrainingOptions } from "./training-options.ts";
import { weightAverage } from "./weight-average.ts";

export interface Session<R extends Records = Records> {
  readonly team: Team;
  readonly training: TrainingState;
  readonly loader: Loader;
  readonly records: R;
  /** Steps that are done at its beginning. */
  readonly step: number;
  close(): Promise<void>;
}

const BATCHES_AHEAD = 4;

/** Begins a run, or opens it as its latest checkpoint left it. */
export function openSession(
  run: RunDirectory,
  options: TrainingOptions,
  team: Team,
): Promise<Session> {
  const { recipe, device, set, weights } = options;
  const { latest } = run;
  const step = latest?.checkpoint.step ?? 0;
  return openWith(options, team, step, async ({ task, optimizer, averageOf, closing }) => {
    const shown: ImageBatch[] = [];
    closing.push(() => {
      for (const { tensor } of shown) tensor.free();
    });
    const activations = () => scope(() => inDtype(recipe, () => task.activations(shown[0])));
    const { fit, training } = await whileOthersWait(team, async (alive) => {
      const count = latest === null ? undefined : RADIOGRAPHS_A_BATCH;
      shown.push(...(await shownBatches(set, recipe, device, count)));
      const fit =
        latest === null && weights !== null
          ? inDtype(recipe, () => task.initialize(weights, shown, alive))
          : null;
      // The first batch shows how large the values in the network are, all the way.
      for (const { tensor } of shown.splice(1)) tensor.free();

      // Behind the weights: the average begins at them.
      const training: TrainingState = { task, optimizer, average: averageOf() };
      if (latest !== null) loadTraining(latest.checkpoint, training);
      return { fit, training };
    });
    spreadState(team, training);

    const records = openRecords(run, options, training, team, activations);
    closing.push(() => records.close());
    const processes = team.size;
    if (latest === null) records.emit(startOf(options, fit, activations(), processes));
    else records.emit({ event: "resume", step, checkpoint: latest.checkpoint.path, processes });
    return { training, records };
  });
}

/** Joins a run where its leader says that it stands. */
export function followSession(
  options: TrainingOptions,
  team: Team,
  standing: RunStanding,
): Promise<Session<FollowingRecords>> {
  return openWith(options, team, standing.step, async ({ task, optimizer, averageOf }) => {
    const training: TrainingState = { task, optimizer, average: averageOf() };
    await waitForLeader(team);
    spreadState(team, training);
    return { training, records: followLeader(options, training, team, standing) };
  });
}

/** A network that has learned nothing yet. */
interface Untrained extends Omit<TrainingState, "average"> {
  /** The average that the recipe asks for, which begins at the weights as they are. */
  averageOf(): TrainingState["average"];
  /** What is done when the session ends. */
  readonly closing: (() => void)[];
}

async function openWith<R extends Records>(
  options: TrainingOptions,
  team: Team,
  step: number,
  prepare: (untrained: Untrained) => Promise<{ training: TrainingState; records: R }>,
): Promise<Session<R>> {
  const { recipe, device, set } = options;
  const task = newTask(recipe, set, device);
  const parameters = nn.parameters(task.model);
  const optimizer = newOptimizer(parameters, recipe.optimizer);
  const loader = openTrainingLoader(options, team, step);
  const closing: (() => void)[] = [];
  const close = async () => {
    await loader.close();
    for (const action of closing) action();
    team.close();
    optimizer.free();
    task.free();
  };
  const averageOf = () => {
    const { decay } = recipe.weightAverage ?? { decay: null };
    const average = decay === null ? null : weightAverage(parameters, decay);
    if (average !== null) closing.push(() => average.free());
    return average;
  };
  try {
    const { training, records } = await prepare({ task, optimizer, averageOf, closing });
    team.train([...parameters.values()]);
    return { team, training, loader, records, step, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startOf(
  { recipe, set, tuning, device }: TrainingOptions,
  weights: WeightsFit | null,
  activations: Readonly<Record<string, number>>,
  processes: number,
) {
  return {
    event: "start",
    format: "malleolus-events-1",
    images: set.images.length,
    imagesWithObjects: set.images.filter(hasObjects).length,
    classes: set.classes,
    tuning: tuning?.images.map(({ fileName }) => fileName) ?? null,
    device,
    dtype: recipe.dtype,
    threads: threads(),
    processes,
    libtorch: libtorchVersion(),
    weights,
    activations,
  } as const;
}

function openTrainingLoader(
  { recipe, set, workers }: TrainingOptions,
  team: Team,
  firstStep: number,
): Loader {
  return openLoader({
    request: sampleRequests(recipe, set),
    slots: slotsOf(recipe, team),
    firstStep,
    steps: recipe.steps,
    workers,
    ahead: BATCHES_AHEAD,
  });
}

/** Those of the batch that are this process's: of each of its parts a share. */
function slotsOf({ batchSize, gradientAccumulation }: Recipe, team: Team): number[] {
  const slots = batchSize / gradientAccumulation;
  const { first, count } = team.share(slots);
  return Array.from({ length: gradientAccumulation }, (_, part) =>
    Array.from({ length: count }, (_, i) => part * slots + first + i),
  ).flat();
}
