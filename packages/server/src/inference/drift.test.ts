import assert from "node:assert/strict";
import { test } from "node:test";
import { addApiKey } from "./api-keys.ts";
import { driftOf } from "./drift.ts";
import { driftPage } from "./drift-page.ts";
import type { LiveStudy } from "./inbox/live-study.ts";
import { RESULT } from "./test-inbox.ts";
import { openApp } from "./test-inference-app.ts";

const NOW = Date.parse("2026-03-20T12:00:00Z");

function study(daysAgo: number, probability: number | null, side = 1000): LiveStudy {
  const at = new Date(NOW - daysAgo * 86_400_000).toISOString();
  const prediction = { width: side, height: 800, findings: [], classScores: {}, view: null };
  const answer = {
    class: "weber_b",
    probabilities: {},
    fractureProbability: probability ?? 0,
    radiographs: 1,
  };
  return {
    format: "malleolus-live-study-1",
    id: "0".repeat(24),
    state: probability === null ? "refused" : "done",
    receivedAt: at,
    lastObjectAt: at,
    images: [],
    analysedInstances: [],
    result: probability === null ? null : { ...RESULT, predictions: [prediction], answer },
    objects: [],
    problem: null,
    isSilent: false,
    followUp: null,
  };
}

const spread = (count: number, daysAgo: number, from: number, to: number, side?: number) =>
  Array.from({ length: count }, (_, i) =>
    study(daysAgo, from + ((to - from) * i) / (count - 1), side),
  );
const refused = (count: number, daysAgo: number) =>
  Array.from({ length: count }, () => study(daysAgo, null));

test("driftOf: nothing where the last week is as the weeks before", () => {
  const drift = driftOf(
    [...spread(60, 8, 0, 1), ...spread(30, 6.9, 0, 1), ...refused(6, 8), ...refused(3, 1)],
    NOW,
  );
  assert.deepEqual([drift.fracture.before, drift.fracture.recent], [60, 30]);
  assert.ok((drift.fracture.p ?? 0) > 0.9 && drift.size.p === 1 && drift.radiographs.p === 1);
  assert.deepEqual([drift.refused.before.count, drift.refused.before.total], [6, 66]);
  assert.ok(drift.refused.p > 0.9);
});

test("driftOf: scores, sizes and refusals that change are told, each by itself", () => {
  const before = spread(60, 8, 0, 1);
  const scores = driftOf([...before, ...spread(30, 1, 0.5, 1)], NOW);
  assert.ok((scores.fracture.p ?? 1) < 0.001 && scores.size.p === 1);
  const sizes = driftOf([...before, ...spread(30, 1, 0, 1, 2000)], NOW);
  assert.ok((sizes.fracture.p ?? 0) > 0.9 && (sizes.size.p ?? 1) < 1e-6);
  const refusals = driftOf([...before, ...spread(30, 1, 0, 1), ...refused(10, 1)], NOW);
  assert.ok((refusals.fracture.p ?? 0) > 0.9 && refusals.refused.p < 0.001);
});

test("driftOf: too few studies say nothing", () => {
  const drift = driftOf([...spread(60, 8, 0, 1), ...spread(19, 1, 0, 1)], NOW);
  assert.deepEqual([drift.fracture.recent, drift.fracture.p], [19, null]);
  assert.equal(driftOf([], NOW).refused.recent.share, null);
});

test("driftOf: weeks, the oldest first, without figures of single patients", () => {
  const studies = [...spread(20, 15, 0, 1), ...refused(5, 15), ...spread(19, 1, 0, 1)];
  const { weeks } = driftOf(studies, NOW);
  assert.deepEqual(
    weeks.map((week) => [week.studies, week.refused, week.fracture?.[1].toFixed(2)]),
    [
      [25, 5, "0.53"],
      [0, 0, undefined],
      [19, 0, undefined],
    ],
  );
  assert.deepEqual([weeks[0].size, weeks[2].size], [[1000, 1000, 1000], null]);
  assert.equal(weeks[2].from, "2026-03-13T12:00:00.000Z");
  assert.equal(driftOf(spread(2, 700, 0, 1), NOW).weeks.length, 13);
  assert.deepEqual(driftOf([], NOW).weeks, []);
});

test("driftOf: what is said of a silent study's patients is in no figure until their follow-up", () => {
  const told = [...spread(60, 8, 0, 1), ...spread(30, 1, 0, 1)];
  const silent = spread(25, 1, 0.9, 1).map((one) => ({ ...one, isSilent: true }));
  const [without, kept] = [driftOf(told, NOW), driftOf([...told, ...silent], NOW)];
  assert.deepEqual(kept.fracture, without.fracture);
  assert.deepEqual(
    kept.weeks.map(({ fracture }) => fracture),
    without.weeks.map(({ fracture }) => fracture),
  );
  assert.deepEqual([kept.weeks[1].studies, kept.size.recent], [55, 55]);
  const followed = silent.map((one) => ({
    ...one,
    followUp: { class: "weber_b", enteredAt: one.receivedAt },
  }));
  assert.equal(driftOf([...told, ...followed], NOW).fracture.recent, 55);
});

test("driftPage: what changed is marked, and nothing runs on the page", () => {
  const before = spread(60, 8, 0, 1);
  const calm = driftPage(driftOf([...before, ...spread(30, 1, 0, 1)], NOW), true);
  const changed = driftPage(driftOf([...before, ...spread(30, 1, 0.5, 1)], NOW), false);
  assert.ok(!calm.includes('class="changed"') && calm.includes("Sending is on"));
  assert.match(changed, /Probability of a fracture, by study<.*class="changed">below 0\.001</);
  assert.ok(changed.includes("Sending is stopped"));
  for (const text of [calm, changed, driftPage(driftOf([], NOW), true)]) {
    assert.ok(!/<script| on\w+=| style=|NaN|undefined|Infinity/.test(text), text);
  }
});

test("/drift: a page for who has a key for it, and for nobody else", async (context) => {
  const { app, inbox } = await openApp(context);
  const post = (key: string) =>
    app.inject({
      method: "POST",
      url: "/drift",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: new URLSearchParams({ key }).toString(),
    });
  const empty = await app.inject({ method: "GET", url: "/drift" });
  assert.equal(empty.statusCode, 200);
  assert.match(
    String(empty.headers["content-security-policy"]),
    /^default-src 'none'; style-src 'sha256-/,
  );
  assert.match(empty.body, /<input id="key" name="key" type="password"/);
  const shown = await post(addApiKey(inbox.folder, "watch", ["metrics:read"]));
  assert.equal(shown.statusCode, 200);
  assert.match(shown.body, /0 studies of the last 0 weeks/);
  for (const key of ["", "x".repeat(43), addApiKey(inbox.folder, "viewer", ["results:read"])]) {
    const refused = await post(key);
    assert.equal(refused.statusCode, 403);
    assert.ok(
      refused.body.includes('role="alert"') && !refused.body.includes("studies of the last"),
    );
  }
});
