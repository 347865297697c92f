/**
 * Whether the phantom's fractures can be told without looking at bones: L2-penalised logistic
 * regression on thumbnails and header fields, cross-validated by patient. Deterministic.
 */
import type { PhantomRadiograph, PhantomStudy } from "@malleolus/phantom";

const SIDE = 16;
const FOLDS = 5;
/** Penalties per patient; the check takes the one that finds most. */
const PENALTIES = [0.03, 0.3, 3, 30] as const;
const STEPS = 400;

const CELL = "cell";

/** Whether a feature is of a thumbnail; the others are of headers. */
export function isOfThumbnail(name: string): boolean {
  return name.split(" ")[1] === CELL;
}

/** A patient's features by name; what a hospital does not have is missing. */
export type Features = ReadonlyMap<string, number>;

/** Thumbnails of all views, seen as right ankles, and what the headers hold. */
export function features(study: PhantomStudy): Features {
  const found = new Map<string, number>();
  for (const { radiograph, file } of study.images) {
    const flipped = study.patient.side === "left" && radiograph.view !== "lateral";
    thumbnail(radiograph, flipped).forEach((value, i) => {
      found.set(`${radiograph.view} ${CELL} ${i}`, value);
    });
    for (const [name, value] of headerFields(file)) found.set(`${radiograph.view} ${name}`, value);
  }
  return found;
}

function thumbnail({ pixels, width, height }: PhantomRadiograph, flipped: boolean): Float64Array {
  const sums = new Float64Array(SIDE * SIDE);
  const counts = new Float64Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * SIDE) / height) * SIDE;
    for (let x = 0; x < width; x++) {
      const column = Math.floor((x * SIDE) / width);
      const cell = row + (flipped ? SIDE - 1 - column : column);
      sums[cell] += pixels[y * width + x];
      counts[cell]++;
    }
  }
  return sums.map((sum, i) => sum / counts[i]);
}

const TEXT = new TextDecoder();
const LONG_FORM = new Set(["OB", "OW", "SQ", "UN", "UT"]);

/** Every number, date, time and code of a file in explicit little endian, outside of sequences. */
function* headerFields(file: Uint8Array): Generator<[name: string, value: number]> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 132; at + 8 <= file.length; ) {
    const tag = `${hex(view.getUint16(at, true))}${hex(view.getUint16(at + 2, true))}`;
    const vr = TEXT.decode(file.subarray(at + 4, at + 6));
    const isLong = LONG_FORM.has(vr);
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const from = at + (isLong ? 12 : 8);
    at = from + length;
    if (vr === "US" || vr === "SS") yield [tag, view.getUint16(from, true)];
    if (isLong || vr === "US" || vr === "SS") continue;
    const text = TEXT.decode(file.subarray(from, from + length)).replace(/[ \0]+$/, "");
    yield* textFields(tag, vr, text);
  }
}

function* textFields(tag: string, vr: string, text: string): Generator<[string, number]> {
  const part = (start: number, end: number) => Number(text.slice(start, end));
  if (vr === "DA") {
    yield [`${tag} year`, part(0, 4)];
    yield [`${tag} month`, part(4, 6)];
    yield [`${tag} day`, part(6, 8)];
  } else if (vr === "TM") {
    yield [`${tag} hour`, part(0, 2)];
    yield [`${tag} minute`, part(2, 4)];
  } else if (vr === "AS") {
    yield [tag, part(0, 3)];
  } else if (vr === "DS" || vr === "IS") {
    yield [tag, Number(text.split("\\")[0])];
  } else if (vr === "UI") {
    yield [`${tag} length`, text.length];
  } else if (vr === "SH" || vr === "LO" || vr === "CS" || vr === "PN") {
    const digits = /\d+/.exec(text);
    if (digits !== null && vr !== "CS") yield [`${tag} number`, Number(digits[0])];
    else yield [`${tag} is ${text}`, 1];
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(4, "0");
}

/** Scores of every patient by models that never saw them, at the penalty that separates best. */
export function shortcutScores(
  patients: readonly Features[],
  isFractured: readonly boolean[],
): { readonly scores: Float64Array; readonly penalty: number } {
  const rows = matrix(patients);
  let best: { scores: Float64Array; penalty: number } | undefined;
  for (const penalty of PENALTIES) {
    const scores = new Float64Array(rows.length);
    for (let fold = 0; fold < FOLDS; fold++) {
      const known = rows.flatMap((_, i) => (i % FOLDS === fold ? [] : [i]));
      const weights = fit(rows, isFractured, known, penalty);
      for (let i = fold; i < rows.length; i += FOLDS) scores[i] = predict(weights, rows[i]);
    }
    if (best === undefined || auc(scores, isFractured) > auc(best.scores, isFractured)) {
      best = { scores, penalty };
    }
  }
  if (best === undefined) throw new Error("internal: no penalty was tried");
  return best;
}

/** Standardised over all patients, which tells nothing of their classes; what is missing is average. */
function matrix(patients: readonly Features[]): Float64Array[] {
  const names = [...new Set(patients.flatMap((each) => [...each.keys()]))].sort();
  const rows = patients.map(() => new Float64Array(names.length + 1).fill(1));
  names.forEach((name, column) => {
    const isFlag = name.includes(" is ");
    const values = patients.map((each) => each.get(name) ?? (isFlag ? 0 : undefined));
    const known = values.filter((value) => value !== undefined);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const sd = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
    rows.forEach((row, i) => {
      const value = values[i];
      row[column] = value === undefined || sd < 1e-9 ? 0 : (value - mean) / sd;
    });
  });
  return rows;
}

/** Accelerated gradient descent (Nesterov); the last weight is the constant and is not penalised. */
function fit(
  rows: readonly Float64Array[],
  labels: readonly boolean[],
  known: readonly number[],
  penalty: number,
): Float64Array {
  const size = rows[0].length;
  let weights = new Float64Array(size);
  let ahead = weights.slice();
  // No step longer than the loss' curvature allows: a quarter of the greatest eigenvalue.
  const step = 1 / (0.25 * greatestEigenvalue(rows, known) + penalty);
  for (let k = 0; k < STEPS; k++) {
    const gradient = ahead.map((weight, j) => (j === size - 1 ? 0 : penalty * weight));
    for (const i of known) {
      const error = 1 / (1 + Math.exp(-predict(ahead, rows[i]))) - (labels[i] ? 1 : 0);
      for (let j = 0; j < size; j++) gradient[j] += (error * rows[i][j]) / known.length;
    }
    const next = ahead.map((weight, j) => weight - step * gradient[j]);
    ahead = next.map((weight, j) => weight + (k / (k + 3)) * (weight - weights[j]));
    weights = next;
  }
  return weights;
}

/** Of the mean of the rows' outer products, by power iteration; a little over, to be safe. */
function greatestEigenvalue(rows: readonly Float64Array[], known: readonly number[]): number {
  let vector = new Float64Array(rows[0].length).fill(1 / Math.sqrt(rows[0].length));
  let value = 0;
  for (let k = 0; k < 30; k++) {
    const next = new Float64Array(vector.length);
    for (const i of known) {
      const along = predict(vector, rows[i]) / known.length;
      for (let j = 0; j < next.length; j++) next[j] += along * rows[i][j];
    }
    value = Math.hypot(...next);
    vector = next.map((entry) => entry / value);
  }
  return 1.1 * value;
}

function predict(weights: Float64Array, row: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += weights[j] * row[j];
  return sum;
}

/** The share of pairs in which the fractured patient scores higher. */
export function auc(scores: ArrayLike<number>, isFractured: readonly boolean[]): number {
  let [won, pairs] = [0, 0];
  for (let i = 0; i < scores.length; i++) {
    if (!isFractured[i]) continue;
    for (let j = 0; j < scores.length; j++) {
      if (isFractured[j]) continue;
      won += scores[i] > scores[j] ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      pairs++;
    }
  }
  return won / pairs;
}
