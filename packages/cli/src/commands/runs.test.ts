import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { runCommandLine } from "../command-line.ts";

async function run(...args: string[]) {
  let [written, said] = ["", ""];
  const code = await runCommandLine(["runs", ...args], {
    write: (text) => {
      written += text;
    },
    writeError: (text) => {
      said += text;
    },
  });
  return { code, written, said };
}

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-runs-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const start = { event: "start", time: "2026-01-02T03:00:00.000Z", images: 9 };

/** Step `n` of a run of two radiographs a step that takes n tenths of a second. */
function step(n: number, loss: number | null) {
  const seconds = n / 10;
  const time = `2026-01-02T03:${String(n % 60).padStart(2, "0")}:00.000Z`;
  return { event: "step", step: n, loss, seconds, imagesPerSecond: 2 / seconds, waitedMs: 1, time };
}

function validation(n: number, loss: number, found: number | null, isBest: boolean) {
  const measures = { "box AP50": found, "mask AP50": found, loss };
  return {
    event: "validation",
    step: n,
    measures,
    losses: {},
    isBest,
    seconds: 1,
    time: start.time,
  };
}

function writeRun(folder: string, recipe: object, events: readonly object[], rest = ""): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "recipe.json"), JSON.stringify(recipe));
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  writeFileSync(join(folder, "events.jsonl"), lines + rest);
  return folder;
}

const recipe = {
  name: "quick",
  steps: 60,
  optimizer: { clipNorm: 10, momentum: 0.9 },
  expected: [],
};

test("runs: how far each is, the means of its last 50 steps, and how it ended", async (context) => {
  const folder = temporaryFolder(context);
  const steps = Array.from({ length: 60 }, (_, i) => step(i + 1, i < 10 ? 100 : i));
  const end = { event: "end", step: 60, reason: "done", time: "2026-01-02T04:00:00.000Z" };
  writeRun(join(folder, "b/done"), recipe, [start, ...steps, end]);
  writeRun(
    join(folder, "a"),
    { ...recipe, name: "demo" },
    [start, step(1, 2), step(2, null)],
    '{"ev',
  );
  writeRun(join(folder, "c"), recipe, []);
  writeRun(join(folder, ".hidden"), recipe, [start]);

  const { code, written, said } = await run("--json", folder);
  assert.equal(code, 0, said);
  const [open, done, empty, ...others] = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(others, []);
  assert.equal(done.run, join(folder, "b/done"));
  assert.deepEqual([done.state, done.steps, done.stepsPlanned], ["done", 60, 60]);
  // 10, 11, … 59; and 100 radiographs in the tenths from 11 to 60.
  assert.equal(done.loss, 34.5);
  assert.equal(done.imagesPerSecond.toFixed(9), (100 / 177.5).toFixed(9));
  assert.deepEqual([done.began, done.last], [start.time, end.time]);
  assert.deepEqual([open.recipe, open.state, open.steps, open.loss], ["demo", "open", 2, 2]);
  assert.deepEqual([empty.state, empty.steps, empty.loss, empty.last], ["open", 0, null, null]);

  const table = await run(folder);
  const [head, first, second] = table.written.split("\n");
  assert.match(
    head,
    /^run +recipe +state +steps +loss +best +at step +images\/s +trained +last event$/,
  );
  assert.match(first, /\/a +demo +open +2\/60 +2\.000 +– +– +13\.3 +0 s +2026-01-02 03:02$/);
  assert.match(
    second,
    /\/b\/done +quick +done +60\/60 +34\.500 +– +– +0\.6 +3 min +2026-01-02 04:00$/,
  );
});

test("runs: the best validation by the recipe's metric, and one that ended early", async (context) => {
  const folder = temporaryFolder(context);
  const events = [
    ...[start, step(1, 2), validation(10, 0.9, null, false), validation(20, 0.8, 0.25, true)],
    ...[validation(30, 0.7, 0.125, false), validation(40, 0.6, 0.125, false)],
    { event: "end", step: 40, reason: "stopped early", time: start.time },
  ];
  const judged = (metric: string) => ({ ...recipe, validation: { metric, everySteps: 10 } });
  writeRun(join(folder, "a"), judged("mask AP50"), events);
  writeRun(join(folder, "b"), judged("mask AP50"), [start, validation(10, 0.9, null, false)]);
  const { written } = await run("--json", folder);
  const [found, none] = written
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(found.best, { metric: "mask AP50", value: 0.25, step: 20 });
  assert.equal(found.state, "stopped early");
  assert.equal(none.best, null);
  assert.match((await run(folder)).written, /stopped early +1\/60 +2\.000 +mask AP50 0\.250 +20 /);
});

test("runs: one that is damaged is told in a line, and the others are shown", async (context) => {
  const folder = temporaryFolder(context);
  writeRun(join(folder, "bad"), recipe, [start], "not json\n");
  writeRun(join(folder, "good"), recipe, [start, step(1, 2)]);
  writeRun(join(folder, "wrong"), { name: "quick" }, [start]);
  const { code, written, said } = await run("--json", folder);
  assert.equal(code, 1);
  assert.equal(JSON.parse(written).run, join(folder, "good"));
  const [bad, wrong, ...others] = said.trimEnd().split("\n");
  assert.deepEqual(others, []);
  assert.match(bad, /^malleolus: .*bad\/events\.jsonl, line 2: expected JSON/);
  assert.match(wrong, /^malleolus: .*wrong\/recipe\.json at steps: /);
});

test("runs --compare: where recipes differ, what is expected of them aside", async (context) => {
  const folder = temporaryFolder(context);
  const one = writeRun(join(folder, "one"), recipe, [start, step(1, 2)]);
  const changed = {
    ...recipe,
    seed: 2,
    optimizer: { clipNorm: null, momentum: 0.9 },
    expected: [1],
  };
  const other = writeRun(join(folder, "other"), changed, [start, step(1, 3)]);

  const json = await run("--json", "--compare", one, other);
  assert.equal(json.code, 0, json.said);
  const { runs, differences } = JSON.parse(json.written);
  assert.deepEqual(
    runs.map(({ loss }: { loss: number }) => loss),
    [2, 3],
  );
  assert.deepEqual(differences, [
    { key: "optimizer.clipNorm", values: [10, null] },
    { key: "seed", values: [null, 2] },
  ]);
  const words = await run("--compare", one, other);
  assert.match(words.written, /\noptimizer\.clipNorm +10 +null\nseed +– +2\n$/);
  assert.match((await run("--compare", one, one)).written, /\nthe recipes are the same\n$/);
});

test("runs --compare --svg: a curve a run, its name as text, losses where they belong", async (context) => {
  const folder = temporaryFolder(context);
  const steps = (loss: number) => Array.from({ length: 20 }, (_, i) => step(i + 1, loss));
  const low = writeRun(join(folder, "low & <slow>"), recipe, steps(1));
  const high = writeRun(join(folder, "high"), recipe, steps(2));
  const svg = join(folder, "figures/losses.svg");
  const { code, said } = await run("--compare", low, high, "--svg", svg);
  assert.equal(code, 0, said);
  const text = readFileSync(svg, "utf8");
  assert.match(text, /low &#38; &#60;slow&#62;<\/text>/);
  // Curves are drawn from last to first; a steady loss is a level line.
  const heights = [...text.matchAll(/ d="M([\d. ]+(?:L[\d. ]+)+)"/g)].map(([, path]) => {
    const levels = new Set(path.split("L").map((place) => place.split(" ")[1]));
    assert.equal(levels.size, 1);
    return Number([...levels][0]);
  });
  const gridAt = (tick: string) =>
    Number(text.match(new RegExp(`y="([\\d.]+)"[^>]*text-anchor="end">${tick}<`))?.[1]);
  assert.deepEqual(heights, [gridAt("2"), gridAt("1")]);
  assert.ok(gridAt("2") < gridAt("1"));
});

test("runs --compare --svg: validations as a panel of their own, their losses as dots", async (context) => {
  const folder = temporaryFolder(context);
  const judged = { ...recipe, validation: { metric: "mask AP50" } };
  const steps = Array.from({ length: 20 }, (_, i) => step(i + 1, 1));
  const seen = [validation(10, 2, 0.5, true), validation(20, 2, 1, true)];
  const one = writeRun(join(folder, "one"), judged, [...steps, ...seen]);
  const blind = writeRun(join(folder, "blind"), recipe, steps);
  const svg = join(folder, "curves.svg");
  assert.equal((await run("--compare", one, blind, "--svg", svg)).code, 0);
  const text = readFileSync(svg, "utf8");
  assert.match(text, />mask AP50<\/text>/);
  const dots = [...text.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  const [firstLoss, secondLoss, half, whole] = dots;
  assert.equal(dots.length, 4);
  assert.equal(firstLoss[1], secondLoss[1]);
  assert.deepEqual([half[0], whole[0]], [firstLoss[0], secondLoss[0]]);
  // The panel is 200 high, and 1 is its top.
  assert.equal(half[1] - whole[1], 100);

  assert.equal((await run("--compare", blind, blind, "--svg", svg)).code, 0);
  assert.doesNotMatch(readFileSync(svg, "utf8"), /AP50|circle/);
});

const refused: readonly (readonly [args: readonly string[], code: number, RegExp])[] = [
  [["--svg", "a.svg"], 2, /^malleolus: --svg needs --compare\n/],
  [["--compare", "a"], 2, /^malleolus: --compare needs two runs or more\n/],
  [
    ["--compare", "/", "/nowhere"],
    1,
    /^malleolus: \/: expected the folder of a training, [^\n]*\n$/,
  ],
  [["/nowhere"], 1, /^malleolus: ENOENT: [^\n]*\/nowhere'\n$/],
];
for (const [args, code, expected] of refused) {
  test(`runs: "${args.join(" ")}" is refused`, async () => {
    const ended = await run(...args);
    assert.equal(ended.code, code, ended.said);
    assert.match(ended.said, expected);
    assert.equal(ended.written, "");
  });
}

test("runs: works on a machine without LibTorch", (context) => {
  const folder = writeRun(temporaryFolder(context), recipe, [start, step(1, 2)]);
  const main = join(import.meta.dirname, "../main.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "runs", "--json", folder], {
    encoding: "utf8",
    env: { ...process.env, MALLEOLUS_ADDON: "/nowhere" },
  });
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).loss, 2);
});

test("runs --card: a card says what the run's files say, and asks for the rest", async (context) => {
  const folder = temporaryFolder(context);
  const begin = {
    ...start,
    format: "malleolus-events-1",
    imagesWithObjects: 5,
    classes: ["weber_a", "weber_b"],
    tuning: ["a.png", "b.png"],
    device: "cpu",
    dtype: "float32",
    threads: 2,
    libtorch: "1.13.1",
    weights: null,
  };
  const own = writeRun(join(folder, "a"), recipe, [{ ...begin, activations: {} }]);
  const none = await run("--card", own);
  assert.match(none.said, /expected a run with a checkpoint/);
  writeFileSync(join(own, "model.safetensors"), "weights");
  const figures = join(folder, "figures.json");
  writeFileSync(figures, JSON.stringify({ box: { AP50: 0.81234, classes: [0.7] }, set: "test" }));
  const { code, written } = await run("--card", own, "--figures", figures);
  assert.equal(code, 0);
  const hash = createHash("sha256").update("weights").digest("hex");
  for (const said of [
    "# quick: model card",
    `| SHA-256 | \`${hash}\` |`,
    "| Classes | weber_a, weber_b |",
    "| Radiographs | 9 trained on, 5 of them with objects |",
    "| Held out | 2 radiographs, for tuning |",
    "Of figures.json:",
    "| box, AP50 | 0.8123 |",
    "| box, classes, 0 | 0.7 |",
    "_To be written by who trained it._",
  ]) {
    assert.ok(written.includes(said), said);
  }
  assert.match((await run("--card", own)).written, /Not measured on a test/);
  assert.equal((await run("--figures", figures)).code, 2);
  assert.equal((await run("--card", own, "--compare", own, own)).code, 2);
});
