import assert from "node:assert/strict";
import { test } from "node:test";
import { pickDiverse } from "./diverse-picks.ts";
import { type Candidate, inOrder, type Pool, STRATEGIES } from "./strategies.ts";

/** A radiograph of a class, with the probability that the model gives a fracture. */
function candidate(image: string, name: string, fracture: number, outlined = fracture): Candidate {
  const probabilities = { weber_b: fracture, no_fracture: 1 - fracture };
  const segmentation = { fractureProbability: outlined, class: null };
  const scored = { image, caseId: image, probabilities, flippedProbabilities: null, segmentation };
  return { image, patient: `patient of ${image}`, class: name, scored };
}

const sure = candidate("sure", "weber_b", 0.99);
const torn = candidate("torn", "weber_b", 0.5);
const apart = candidate("apart", "no_fracture", 0.02, 0.95);
const usual = candidate("usual", "no_fracture", 0.1);
const candidates = [sure, torn, apart, usual];
const pool: Pool = { candidates, noFractureClass: "no_fracture", seed: 1 };

function order(name: keyof typeof STRATEGIES, of: Pool = pool): string[] {
  return inOrder(STRATEGIES[name](of), of.seed).map(({ image }) => image);
}

for (const name of Object.keys(STRATEGIES)) {
  test(`${name}: every candidate once, from 0 to 1, with a reason, whatever order they come in`, () => {
    const strategy = Object.entries(STRATEGIES).find(([key]) => key === name)?.[1];
    assert.ok(strategy !== undefined);
    const ranked = strategy(pool);
    assert.deepEqual(
      ranked.map(({ image }) => image).toSorted(),
      candidates.map(({ image }) => image).toSorted(),
    );
    assert.ok(ranked.every(({ priority }) => priority >= 0 && priority <= 1));
    assert.ok(ranked.every(({ reason }) => reason.length > 10));
    const turned = strategy({ ...pool, candidates: candidates.toReversed() });
    assert.deepEqual(inOrder(turned, 1), inOrder(ranked, 1));
  });
}

test("uncertainty: the class that is torn first, the one that is sure last", () => {
  const found = order("uncertainty");
  assert.deepEqual([found[0], found[3]], ["torn", "sure"]);
});

test("disagreement: where outlines and class contradict each other", () => {
  assert.equal(order("disagreement")[0], "apart");
});

test("hard: both of these before what is easy, and the reason says which it is", () => {
  const ranked = inOrder(STRATEGIES.hard(pool), 1);
  assert.deepEqual(
    ranked
      .slice(0, 2)
      .map(({ image }) => image)
      .toSorted(),
    ["apart", "torn"],
  );
  const reasonOf = (image: string) => ranked.find((one) => one.image === image)?.reason ?? "";
  assert.match(reasonOf("torn"), /the class is unsure: .* 0\.50, .* 0\.50 \(most of the pool\)/);
  assert.match(reasonOf("apart"), /outlined with 0\.95, and classified with 0\.02/);
  assert.match(reasonOf("sure"), /nothing stands out/);
});

test("random: another seed, another order; the same seed, the same", () => {
  const many = Array.from({ length: 30 }, (_, i) => candidate(`${i}`, "weber_b", 0.5));
  const of = (seed: number) => order("random", { ...pool, candidates: many, seed });
  assert.deepEqual(of(1), of(1));
  assert.notDeepEqual(of(1), of(2));
});

test("class-balanced: a rare class is not left behind, however easy it is", () => {
  const many = Array.from({ length: 20 }, (_, i) => candidate(`b${i}`, "weber_b", 0.5));
  const rare = [candidate("a0", "weber_a", 0.99), candidate("a1", "weber_a", 0.98)];
  const of = (name: keyof typeof STRATEGIES) =>
    order(name, { ...pool, candidates: [...many, ...rare] }).slice(0, 4);
  assert.equal(of("class-balanced").filter((image) => image.startsWith("a")).length, 2);
  assert.equal(of("hard").filter((image) => image.startsWith("a")).length, 0);
});

test("pickDiverse: three views of one patient are not three picks", () => {
  const ranked = [
    { image: "x1", priority: 1, reason: "" },
    { image: "x2", priority: 0.9, reason: "" },
    { image: "x3", priority: 0.8, reason: "" },
    { image: "y1", priority: 0.5, reason: "" },
    { image: "z1", priority: 0.3, reason: "" },
  ];
  const patients = new Map(ranked.map(({ image }) => [image, image[0]]));
  const picks = pickDiverse(ranked, 4, patients, 1);
  assert.deepEqual(
    picks.map(({ image, priority, earlier }) => [image, priority, earlier]),
    [
      ["x1", 1, 0],
      ["y1", 0.5, 0],
      ["x2", 0.45, 1],
      ["z1", 0.3, 0],
    ],
  );
  assert.equal(pickDiverse(ranked, 9, patients, 1).length, 5);
});

test("pickDiverse: of equal ones the seed decides, not their order", () => {
  const ranked = Array.from({ length: 9 }, (_, i) => ({
    image: `${i}`,
    priority: 0.5,
    reason: "",
  }));
  const of = (seed: number, all = ranked) =>
    pickDiverse(all, 3, new Map(), seed).map(({ image }) => image);
  assert.deepEqual(of(1), of(1, ranked.toReversed()));
  assert.notDeepEqual(of(1), of(5));
});
