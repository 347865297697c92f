/** A training's progress: a bar on a terminal, a line now and then elsewhere. */
import type { RunEvent } from "@malleolus/schema";
import { movingBar } from "./moving-bar.ts";
import type { Output } from "./output.ts";

export interface TrainingProgress {
  show(event: RunEvent): void;
  /** Leaves the terminal as it should be; always called. */
  end(): void;
}

type Step = Extract<RunEvent, { event: "step" }>;
type Validation = Extract<RunEvent, { event: "validation" }>;

/** Steps over which speed and losses are averaged. */
const AVERAGED = 20;
const LINE_EVERY_MS = 10_000;

export function trainingProgress(
  output: Output,
  { steps, batchSize }: { readonly steps: number; readonly batchSize: number },
): TrainingProgress {
  const recent: Step[] = [];
  const steadily =
    output.terminal === undefined ? lines(output, steps) : bar(output.terminal, steps);
  return {
    show(event) {
      switch (event.event) {
        case "start":
          steadily.say(describeStart(event));
          break;
        case "resume":
          steadily.say(`going on after step ${event.step}, from ${event.checkpoint}`);
          break;
        case "step":
          recent.push(event);
          if (recent.length > AVERAGED) recent.shift();
          steadily.step(event.step, describeSteps(recent, steps, batchSize));
          break;
        case "validation":
          steadily.say(describeValidation(event));
          break;
        case "checkpoint":
          steadily.say(
            `checkpoint ${event.checkpoint}; mean activations ${describeMeans(event.activations)}`,
          );
          break;
        case "end":
          break;
      }
    },
    end: () => steadily.end(),
  };
}

interface Steadily {
  step(step: number, text: string): void;
  say(text: string): void;
  end(): void;
}

function lines(output: Output, steps: number): Steadily {
  let saidAt = -Infinity;
  return {
    step(step, text) {
      const now = performance.now();
      if (now - saidAt < LINE_EVERY_MS && step < steps) return;
      saidAt = now;
      output.writeError(`step ${step}/${steps}  ${text}\n`);
    },
    say: (text) => output.writeError(`${text}\n`),
    end: () => undefined,
  };
}

function bar(terminal: NodeJS.WriteStream, steps: number): Steadily {
  const moving = movingBar(terminal, "{bar} {value}/{total}  {text}");
  return { ...moving, step: (step, text) => moving.show(step, steps, { text }) };
}

function describeStart(event: Extract<RunEvent, { event: "start" }>): string {
  const { images, imagesWithObjects, weights, tuning } = event;
  const rows = [
    `${images} radiographs, ${imagesWithObjects} of them with objects (${event.classes.join(", ")})` +
      (tuning === null ? "" : `, ${tuning.length} others to validate with`),
    `LibTorch ${event.libtorch} on ${event.device}, ${event.dtype}, ${event.threads} threads`,
    weights === null
      ? "weights: none given; the backbone uses group norm"
      : `weights: ${weights.found.length} found, ${describeNames("missing", weights.missing)}, ` +
        `${describeNames("left over", weights.leftOver)}` +
        (weights.fresh.length === 0
          ? ""
          : `, ${describeNames("for other classes, which begin anew", weights.fresh)}`) +
        (weights.trainedNorms.length === 0
          ? ""
          : `; norms of ${weights.trainedNorms.join(", ")} measured`),
    `mean activations ${describeMeans(event.activations)}`,
  ];
  return rows.join("\n");
}

/** `validation after step 200: box AP50 0.312, …, loss 0.71: the best so far` */
function describeValidation({ step, measures, isBest }: Validation): string {
  const figures = Object.entries(measures).flatMap(([name, value]) =>
    value === null ? [] : [`${name} ${value.toFixed(3)}`],
  );
  return `validation after step ${step}: ${figures.join(", ")}${isBest ? ": the best so far" : ""}`;
}

/** `48 missing (res5.0.conv2.weight, …)` */
function describeNames(what: string, names: readonly string[]): string {
  const [first] = names;
  if (first === undefined) return `none ${what}`;
  return `${names.length} ${what} (${first}${names.length > 1 ? ", …" : ""})`;
}

function describeMeans(means: Readonly<Record<string, number>>): string {
  return Object.entries(means)
    .map(([stage, mean]) => `${stage} ${mean.toPrecision(2)}`)
    .join(", ");
}

/** Averages over the last steps, and the time that is left at their speed. */
function describeSteps(recent: readonly Step[], steps: number, batchSize: number): string {
  const mean = (value: (step: Step) => number) =>
    recent.reduce((sum, step) => sum + value(step), 0) / recent.length;
  const last = recent[recent.length - 1];
  const parts = Object.keys(last.losses).map(
    (name) => `${name} ${mean(({ losses }) => losses[name]).toFixed(2)}`,
  );
  const secondsAStep = mean((step) => step.seconds);
  return [
    `loss ${mean(({ loss }) => loss).toFixed(3)}`,
    `(${parts.join(", ")})`,
    ` lr ${last.learningRate.toPrecision(2)}`,
    ` ${(batchSize / secondsAStep).toFixed(1)} images/s`,
    ` ${describeDuration(secondsAStep * (steps - last.step))} left`,
  ].join(" ");
}

/** `1 h 05 min`, `12 min`, `40 s` */
export function describeDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
