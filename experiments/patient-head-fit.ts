/**
 * How `patient-head.ts` trains heads and chooses among them: ensembles, their epoch, weight decay and temperature by the
 * tuning patients, each of whom is also judged by a choice without them. Not started by hand.
 */
import { fitTemperature } from "@malleolus/evaluation";
import { freeModel } from "@malleolus/networks";
import { type HeadSettings, logitsOf, type TokenSet, trainHead } from "./patient-head-network.ts";
import { someOf } from "./patient-head-tokens.ts";

const SETTINGS: Omit<HeadSettings, "weightDecay"> = {
  hidden: 32,
  queries: 4,
  learningRate: 0.002,
  batch: 64,
  dropout: 0.2,
  viewLeftOut: 0.25,
  regionLeftOut: 0.1,
};
const DECAYS = [0.1, 1, 3] as const;
const EPOCHS = range(5, 100, 5);
const SEEDS = [1, 2, 3] as const;
/** A tuning patient is judged by what is chosen without a tenth of them, to which he belongs. */
const CHOICE_FOLDS = 10;
/** Of a head that is trained on the tuning patients themselves: its folds, and what is not chosen for want of patients. */
const [OWN_FOLDS, OWN_DECAY] = [5, 1];

/** A way to train, and what makes probabilities of its logits. */
export interface Choice {
  readonly weightDecay: number;
  readonly epochs: number;
  readonly temperature: number;
  /** Of the tuning patients, at that temperature. */
  readonly logLoss: number;
}

export interface ChosenHead {
  readonly choice: Choice;
  /** Of every tuning patient, by a choice that did not know them. [N][K] */
  readonly tuned: readonly (readonly number[])[];
}

/** Trained on `training`, chosen by `tuning`. */
export function chooseHead(training: TokenSet, tuning: TokenSet, classes: number): ChosenHead {
  const tried = DECAYS.flatMap((weightDecay) =>
    ensemble(training, classes, { ...SETTINGS, weightDecay }, EPOCHS, [tuning]).map(
      ([logits], i) => ({ weightDecay, epochs: EPOCHS[i], logits }),
    ),
  );
  const truths = [...tuning.classes];
  const tuned = new Array<readonly number[]>(tuning.count);
  for (const held of foldsOf(tuning, [...truths.keys()], CHOICE_FOLDS)) {
    const { temperature, tried: best } = bestOf(tried, truths, held);
    for (const place of held) tuned[place] = probabilitiesOf(best.logits[place], temperature);
  }
  const { tried: best, temperature, logLoss } = bestOf(tried, truths, []);
  const { weightDecay, epochs } = best;
  return { choice: { weightDecay, epochs, temperature, logLoss }, tuned };
}

/** What heads that were trained as was chosen say of other patients. [looks][N][K] */
export function answersOf(
  training: TokenSet,
  { weightDecay, epochs, temperature }: Choice,
  looks: readonly TokenSet[],
  classes: number,
): number[][][] {
  const [seen] = ensemble(training, classes, { ...SETTINGS, weightDecay }, [epochs], looks);
  return seen.map((logits) => logits.map((own) => probabilitiesOf(own, temperature)));
}

/**
 * The same where nobody but the tuning patients can be learned from: epochs and temperature by folds of them, each
 * patient judged by a head, an epoch and a temperature of the other folds alone.
 */
export function chooseOwnHead(tuning: TokenSet, classes: number): ChosenHead {
  const all = [...tuning.classes.keys()];
  const tuned = new Array<readonly number[]>(tuning.count);
  for (const held of foldsOf(tuning, all, OWN_FOLDS)) {
    const others = all.filter((place) => !held.includes(place));
    const choice = chosenByFolds(tuning, others, OWN_FOLDS - 1, classes);
    const look = someOf(tuning, held);
    const [answers] = answersOf(someOf(tuning, others), choice, [look], classes);
    held.forEach((place, i) => {
      tuned[place] = answers[i];
    });
  }
  return { choice: chosenByFolds(tuning, all, OWN_FOLDS, classes), tuned };
}

function chosenByFolds(
  set: TokenSet,
  places: readonly number[],
  folds: number,
  classes: number,
): Choice {
  const tried = EPOCHS.map((epochs) => ({
    epochs,
    logits: new Array<Float32Array>(places.length),
  }));
  for (const held of foldsOf(set, places, folds)) {
    const training = someOf(
      set,
      places.filter((place) => !held.includes(place)),
    );
    const settings = { ...SETTINGS, weightDecay: OWN_DECAY };
    const seen = ensemble(training, classes, settings, EPOCHS, [someOf(set, held)], [SEEDS[0]]);
    seen.forEach(([logits], i) => {
      held.forEach((place, k) => {
        tried[i].logits[places.indexOf(place)] = logits[k];
      });
    });
  }
  const truths = places.map((place) => set.classes[place]);
  const { tried: best, temperature, logLoss } = bestOf(tried, truths, []);
  return { weightDecay: OWN_DECAY, epochs: best.epochs, temperature, logLoss };
}

/** Every fold has its share of each class. */
export function foldsOf(set: TokenSet, places: readonly number[], folds: number): number[][] {
  const sorted = places.toSorted((a, b) => set.classes[a] - set.classes[b] || a - b);
  return range(0, folds - 1, 1).map((fold) => sorted.filter((_, i) => i % folds === fold));
}

/** The mean logits of heads of several seeds after each of the epochs, which rise. [epochs][looks][N] */
function ensemble(
  training: TokenSet,
  classes: number,
  settings: HeadSettings,
  epochs: readonly number[],
  looks: readonly TokenSet[],
  seeds: readonly number[] = SEEDS,
): Float32Array[][][] {
  const sums = epochs.map(() =>
    looks.map(({ count }) => Array.from({ length: count }, () => new Float32Array(classes))),
  );
  for (const seed of seeds) {
    const head = trainHead(training, classes, settings, {
      seed,
      epochs: Math.max(...epochs),
      onEpoch(epoch, now) {
        const at = epochs.indexOf(epoch);
        if (at < 0) return;
        looks.forEach((look, i) => {
          logitsOf(now, look).forEach((logits, patient) => {
            logits.forEach((value, k) => {
              sums[at][i][patient][k] += value / seeds.length;
            });
          });
        });
      },
    });
    freeModel(head);
  }
  return sums;
}

/** The least log loss at its own temperature, of all patients but some. */
function bestOf<T extends { readonly logits: readonly Float32Array[] }>(
  tried: readonly T[],
  truths: readonly number[],
  left: readonly number[],
): { readonly tried: T; readonly temperature: number; readonly logLoss: number } {
  const others = truths.filter((_, i) => !left.includes(i));
  const fitted = tried.map((one) => ({
    tried: one,
    ...fitTemperature(
      one.logits.filter((_, i) => !left.includes(i)),
      others,
    ),
  }));
  return fitted.reduce((best, one) => (one.logLoss < best.logLoss ? one : best));
}

export function probabilitiesOf(logits: ArrayLike<number>, temperature: number): number[] {
  const scaled = Array.from(logits, (logit) => logit / temperature);
  const most = Math.max(...scaled);
  const raised = scaled.map((logit) => Math.exp(logit - most));
  const total = raised.reduce((sum, one) => sum + one, 0);
  return raised.map((one) => one / total);
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}
