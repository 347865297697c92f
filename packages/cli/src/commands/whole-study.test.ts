/**
 * A small simulated study from `init` to `report`, by commands alone: what people would read and outline
 * comes from files, as from a spreadsheet and another tool, written from what is true.
 */
import assert from "node:assert/strict";
import {
  appendFileSync,
  globSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { quickRecipe } from "@malleolus/runs";
import { run } from "../test-command.ts";

const OBSERVERS = ["observer-1", "observer-2", "observer-3"];
const SURGEONS = ["surgeon-1", "surgeon-2", "surgeon-3"];
const ANNOTATORS = ["annotator-1", "annotator-2"];

/** What a test needs of the truth that lies beside an archive. */
interface Truth {
  readonly accessionNumber: string;
  readonly fracture: { readonly weberClass: string } | null;
  readonly images: readonly {
    readonly file: string;
    readonly fibula: { readonly size: readonly [number, number] };
  }[];
}

interface Archive {
  readonly folder: string;
  readonly hospital: "a" | "b";
  readonly truths: readonly Truth[];
}

/** Runs a command that has to succeed. */
async function done(...args: string[]): Promise<string> {
  const { code, written, said } = await run(...args);
  assert.equal(code, 0, `${args.join(" ")}\n${said}${written}`);
  return written;
}

function readTruths(folder: string): Truth[] {
  return globSync("truth/*.json", { cwd: folder })
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
}

function classOf({ fracture }: Truth): string {
  return fracture === null ? "No fracture" : `Weber ${fracture.weberClass}`;
}

function reportOf(truth: Truth): string {
  return truth.fracture === null ? "No fracture." : `${classOf(truth)} fracture.`;
}

/** Hospitals, people, and draws that a handful of patients suffices for. */
function configure(study: string): void {
  const people = [
    ...OBSERVERS.slice(1).map((id) => [id, "observer"]),
    ["senior-1", "senior"],
    ...SURGEONS.map((id) => [id, "surgeon"]),
    ...ANNOTATORS.map((id) => [id, "annotator"]),
  ];
  const added = people.map(
    ([id, role]) => `[[observers]]\nid = "${id}"\nname = "${id}"\nroles = ["${role}"]\n`,
  );
  added.push('[[hospitals]]\nid = "b"\nname = "B"\nrole = "external"\n');
  appendFileSync(join(study, "malleolus.toml"), `\n${added.join("\n")}`);
  const protocol = join(study, "protocol.toml");
  const splits = [
    [/internalTestPatientsPerClass = \d+/, "internalTestPatientsPerClass = 1"],
    [/internalTestReservePerClass = \d+/, "internalTestReservePerClass = 0"],
    [/externalTestPatients = \d+/, "externalTestPatients = 2"],
    [
      /(\[splits\.preliminary\]\n)fracture = \d+\nnoFracture = \d+/,
      "$1fracture = 0\nnoFracture = 0",
    ],
    [/(\[splits\.training\]\n)fracture = \d+\nnoFracture = \d+/, "$1fracture = 9\nnoFracture = 3"],
    [/tuningShare = [\d.]+/, "tuningShare = 0"],
  ] as const;
  const text = splits.reduce(
    (before, [from, to]) => before.replace(from, to),
    readFileSync(protocol, "utf8"),
  );
  writeFileSync(protocol, text);
}

/** What everybody outlines: what is true, and every radiograph on which there is nothing to outline. */
function writeOutlines({ folder, truths }: Archive, path: string): number {
  const coco = JSON.parse(readFileSync(join(folder, "annotations.json"), "utf8"));
  const known = new Set(coco.images.map(({ file_name }: { file_name: string }) => file_name));
  for (const { file, fibula } of truths.flatMap(({ images }) => images)) {
    if (known.has(file)) continue;
    const [height, width] = fibula.size;
    coco.images.push({ id: coco.images.length + 1, file_name: file, width, height });
  }
  writeFileSync(path, JSON.stringify(coco));
  return coco.images.length;
}

/** A network that learns nothing in two steps. */
function writeRecipe(path: string): void {
  const { model } = quickRecipe;
  const recipe = {
    ...quickRecipe,
    name: "tiny",
    steps: 2,
    checkpointEverySteps: 2,
    input: { ...quickRecipe.input, minSizes: [64], maxSize: 96 },
    preprocess: { ...quickRecipe.preprocess, minSize: 64, maxSize: 96 },
    model: {
      ...model,
      classes: ["to be replaced"],
      backbone: { ...model.backbone, depth: 26, width: 32, fpnChannels: 32 },
      rpn: { ...model.rpn, preNms: { train: 100, test: 100 }, postNms: { train: 50, test: 50 } },
      roi: {
        ...model.roi,
        batchSizePerImage: 16,
        box: { ...model.roi.box, fullyConnectedChannels: 32 },
        mask: { ...model.roi.mask, convolutions: 1, channels: 32 },
      },
    },
  };
  writeFileSync(path, JSON.stringify(recipe));
}

test("a study from init to report, by commands alone", async (context) => {
  const before = process.env.MALLEOLUS_PASSPHRASE;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  const folder = mkdtempSync(join(tmpdir(), "malleolus-whole-study-"));
  context.after(() => {
    if (before === undefined) delete process.env.MALLEOLUS_PASSPHRASE;
    else process.env.MALLEOLUS_PASSPHRASE = before;
    rmSync(folder, { recursive: true });
  });
  const study = join(folder, "study");
  const at = ["--study", study] as const;
  for (const [hospital, patients] of [
    ["internal", "2"],
    ["external", "1"],
  ]) {
    const wish = ["--hospital", hospital, "--per-class", patients, "--excluded", "0"];
    await done("phantom", join(folder, "archive"), ...wish, "--pitch", "1", "--seed", "doors");
  }
  await done("init", study, "--name", "Ankles");
  configure(study);

  const archives = (
    [
      ["internal", "a"],
      ["external", "b"],
    ] as const
  ).map(([name, hospital]): Archive => {
    const archive = join(folder, "archive", name);
    return { folder: archive, hospital, truths: readTruths(archive) };
  });
  for (const { folder: archive, hospital, truths } of archives) {
    await done("import", "dicom", join(archive, "dicom"), ...at, "--hospital", hospital);
    const reports = join(folder, `reports-${hospital}.csv`);
    const lines = truths.map((one) => `${one.accessionNumber},${reportOf(one)}`);
    writeFileSync(reports, `accession,report\n${lines.join("\n")}\n`);
    await done("import", "reports", reports, ...at, "--hospital", hospital);
  }
  await done("screen", ...at);
  const waiting = async (what: string) =>
    (await done("cases", ...at, "--waiting", what, "--json")).split("\n").filter(Boolean).length;
  assert.equal(await waiting("reading"), 12);

  // All say what is true, but for one observer on one case, whom a senior overrules.
  const sheet = (readers: readonly string[], wrong: string | null) =>
    archives.flatMap(({ hospital, truths }) =>
      truths.flatMap((one, i) =>
        readers.map((reader) => {
          const isWrong = reader === wrong && hospital === "a" && i === 0;
          return [hospital, one.accessionNumber, reader, isWrong ? "Weber C" : classOf(one)].join();
        }),
      ),
    );
  const readings = join(folder, "readings.csv");
  const heading = "hospital,accession,observer,class,note";
  const [first] = archives[0].truths;
  const decided = `a,${first.accessionNumber},senior-1,${classOf(first)},on a second look`;
  writeFileSync(readings, [heading, ...sheet(OBSERVERS, "observer-3"), decided, ""].join("\n"));
  assert.equal(
    await done("import", "readings", readings, ...at),
    "37 imported, 0 known already; all agreed on 11, left out by most 0, decided 1, to be decided 0\n",
  );
  assert.equal(await waiting("assignment"), 12);

  const tests = await done("assign", "tests", ...at);
  assert.match(tests, /internal test +drawn +4 patients +12 radiographs\n/);
  assert.match(tests, /external test +drawn +2 patients +4 radiographs\n/);
  assert.equal(await waiting("panel"), 6);
  const tested = (await done("cases", ...at, "--waiting", "panel", "--json"))
    .trimEnd()
    .split("\n")
    .map((line): { id: string; class: string } => JSON.parse(line));
  for (const surgeon of SURGEONS) {
    const path = join(folder, `${surgeon}.csv`);
    writeFileSync(
      path,
      `case,class\n${tested.map((one) => `${one.id},${one.class}`).join("\n")}\n`,
    );
    await done("import", "readings", path, ...at, "--observer", surgeon);
  }
  assert.equal(await waiting("panel"), 0);
  assert.match(await done("assign", ...at), /training +drawn +4 patients +12 radiographs\n/);
  assert.match(await done("assign", ...at), /^internal test +drawn before /);

  for (const archive of archives) {
    const path = join(folder, `outlines-${archive.hospital}.json`);
    const images = writeOutlines(archive, path);
    const args = [
      "annotations",
      path,
      ...at,
      "--images",
      archive.folder,
      "--hospital",
      archive.hospital,
    ];
    const [one, other] = ANNOTATORS;
    const drawn = await done("import", ...args, "--annotator", one);
    assert.match(drawn, new RegExp(`^${images} imported, .* truth 0, cases annotated 0`));
    const resolved = await done("import", ...args, "--annotator", other);
    assert.match(
      resolved,
      new RegExp(
        `^${images} imported, .* truth ${images}, cases annotated ${archive.truths.length}, for a senior 0`,
      ),
    );
  }
  assert.equal(await waiting("annotation"), 0);
  const flow = JSON.parse(await done("flow", ...at, "--json"));
  assert.deepEqual(
    flow.hospitals.map(({ annotated, adjudicated, agreed }: Record<string, number>) => [
      annotated,
      adjudicated,
      agreed,
    ]),
    [
      [8, 1, 7],
      [4, 0, 4],
    ],
  );
  assert.match(await done("flow", ...at), / 8 {2}annotated\n/);

  const data = join(folder, "data");
  const exported = JSON.parse(await done("export", "training", ...at, "--out", data, "--json"));
  assert.ok(
    exported.images + exported.impossible === 12 && exported.withoutInstance === 0,
    JSON.stringify(exported),
  );
  const images = globSync("images/*/*.dcm", { cwd: data });
  assert.equal(images.length, exported.images);
  assert.ok(lstatSync(join(data, images[0])).isSymbolicLink());
  const copied = ["--out", join(folder, "copy"), "--images", "files", "--json"];
  const again = JSON.parse(await done("export", "training", ...at, ...copied));
  assert.equal(again.sha256, exported.sha256);
  assert.ok(lstatSync(join(folder, "copy", images[0])).isFile());

  writeRecipe(join(folder, "recipe.json"));
  const train = ["--coco", join(data, "training.json"), "--images", join(data, "images")];
  const how = ["--dtype", "float32", "--threads", "1"];
  const runFolder = join(folder, "run");
  await done(
    "train",
    ...train,
    "--recipe",
    join(folder, "recipe.json"),
    "--out",
    runFolder,
    ...how,
  );

  const out = join(folder, "report");
  const said = await done("report", ...at, "--checkpoint", runFolder, "--out", out, ...how);
  assert.match(said, /Internal test, difficult: 4 patients, class right \d\/4/);
  const report = JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
  assert.equal(report.title, "Ankles");
  assert.deepEqual(report.simulated, { version: null, seed: null });
  assert.deepEqual(
    report.tests.map(({ name, evaluation }: { name: string; evaluation: { patients: number } }) => [
      name,
      evaluation.patients,
    ]),
    [
      ["Internal test, difficult", 4],
      ["Internal test, easy", 4],
      ["External test, difficult", 2],
      ["External test, easy", 2],
    ],
  );
  assert.equal(report.training.points.length, 2);
  assert.deepEqual(
    report.readers.map(({ agreement }: { agreement: { cases: number } }) => agreement.cases),
    [12, 6],
  );
  const html = readFileSync(join(out, "index.html"), "utf8");
  assert.match(html, /Everything here is simulated: no patient is shown/);

  // What was found is kept: the same page without the detector, and from a file that was cut.
  const kept = join(out, "predictions.jsonl");
  const rewritten = join(folder, "again");
  await done("report", ...at, "--predictions", kept, "--out", rewritten);
  const second = JSON.parse(readFileSync(join(rewritten, "report.json"), "utf8"));
  assert.deepEqual(second.tests, report.tests);
  assert.equal(report.provenance.separation.patientsChecked, 6);
  assert.equal(report.provenance.separation.againstRun, true);
  assert.equal(report.provenance.training.steps, 2);
  const whole = readFileSync(kept, "utf8");
  writeFileSync(kept, whole.slice(0, -40));
  await done("report", ...at, "--checkpoint", runFolder, "--out", out, ...how);
  assert.equal(readFileSync(kept, "utf8"), whole);
  writeFileSync(kept, whole.split("\n").slice(0, 3).join("\n"));
  const lacking = await run("report", ...at, "--predictions", kept, "--out", rewritten);
  assert.equal(lacking.code, 1);
  assert.match(lacking.said, /expected a line for every radiograph of the tests, got none for/);

  // A run that has seen a radiograph of the tests is refused, before anything is looked for.
  const seenPath = join(runFolder, "seen-images.json");
  const seen = JSON.parse(readFileSync(seenPath, "utf8"));
  const [{ image }] = report.tests[0].evaluation.fractures;
  const sha256 = basename(image, ".dcm");
  writeFileSync(seenPath, JSON.stringify({ ...seen, tuning: [...seen.tuning, sha256] }));
  const refused = await run("report", ...at, "--predictions", kept, "--run", runFolder);
  assert.equal(refused.code, 1);
  assert.match(
    refused.said,
    /expected one that the detector has not seen, got one that it was tuned by/,
  );
});

const wrongUsages: readonly (readonly [args: readonly string[], code: number, said: RegExp])[] = [
  [["assign", "nothing"], 2, /Allowed choices are all, tests/],
  [["cases", "--waiting", "tea"], 2, /Allowed choices are report, screening/],
  [["export", "train", "--out", "x"], 2, /Allowed choices are training, tuning/],
  [["export"], 2, /required option '--out <folder>'/],
  [["report", "--out", "x", "--predictions", "a", "--checkpoint", "b"], 2, /cannot be used with/],
  [["report", "--run", "a", "--checkpoint", "b"], 2, /cannot be used with/],
  [["flow", "--study", "/nowhere"], 1, /\/nowhere: expected a study/],
  [["import", "readings"], 2, /missing required argument 'file'/],
  [["import", "annotations", "/nowhere.json"], 1, /\/nowhere.json: expected annotations, got/],
];
for (const [args, code, expected] of wrongUsages) {
  test(`"${args.join(" ")}" says what is wrong`, async () => {
    const got = await run(...args);
    assert.deepEqual([got.code, got.written], [code, ""]);
    assert.match(got.said, expected);
  });
}

for (const name of ["assign", "cases", "flow", "export", "report"]) {
  test(`${name}: has help with an example`, async () => {
    const { code, written } = await run(name, "--help");
    assert.equal(code, 0);
    assert.match(written, new RegExp(`Examples:\n {2}./malleolus ${name}`));
  });
}
