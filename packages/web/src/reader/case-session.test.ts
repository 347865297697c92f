/** A case read by keys alone, as a reader without a mouse does it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import type { CaseDetail, ReadingProtocol } from "@malleolus/schema";
import { readingContentSchema } from "@malleolus/schema";
import type { Act } from "../save/act.ts";
import { actSchema } from "../save/act.ts";
import { english } from "../strings/english.ts";
import { translator } from "../strings/translate.ts";
import { openCase, spacingOf } from "./case-session.ts";
import { landmarkOf, toolName, valueText } from "./measuring-tools.ts";
import { type PageActions, pressKey } from "./reader-keys.ts";

const image = (id: string, view: "ap" | "lateral") => ({
  id: id.repeat(32),
  view,
  side: null,
  width: 1000,
  height: 2000,
  pixelSpacingMm: [0.1, 0.2] as const,
  spacingSource: "at detector" as const,
});
const detail: CaseDetail = {
  code: "7kq2m41x0abc",
  label: "7KQ2-M41X-0ABC",
  queue: "curation",
  place: 1,
  of: 2,
  images: [image("a", "ap"), image("b", "lateral")],
  missing: ["mortise"],
  findings: null,
  state: "new",
  draft: null,
  submitted: null,
  previous: null,
  next: null,
};
const protocol: ReadingProtocol = {
  name: "ankle",
  classes: [
    { id: "weber_a", name: "Weber A" },
    { id: "weber_b", name: "Weber B" },
    { id: "no_fracture", name: "No fracture" },
  ],
  noFractureClass: "no_fracture",
  exclusions: [
    { id: "tibia-involved", name: "Tibia involved" },
    { id: "cast", name: "Cast" },
  ],
  views: ["ap", "mortise", "lateral"],
  structures: [],
  measurements: [
    {
      id: "talar_tilt",
      name: "Talar tilt",
      form: "between lines",
      landmarks: ["plafond, medial", "plafond, lateral", "dome, medial", "dome, lateral"],
    },
  ],
  labels: [],
};

function begin(content: CaseDetail["draft"] = null, readOnly = false) {
  let now = 0;
  const done: string[] = [];
  const session = openCase({
    detail,
    protocol,
    content: content?.content ?? null,
    view: { linked: false, startWindow: null },
    monitor: () => ({ screenWidth: 2560, screenHeight: 1440, pixelRatio: 1 }),
    now: () => now,
    newId: randomUUID,
  });
  let helpOpen = false;
  const page: PageActions = {
    submit: () => done.push("submit"),
    saveNow: () => done.push("save now"),
    focusNote: () => done.push("note"),
    goTo: (where) => done.push(where),
    help(open) {
      helpOpen = open === "toggle" && !helpOpen;
    },
    isHelpOpen: () => helpOpen,
    refuse: (name) => done.push(`refuse ${name}`),
    takeOwnWindow: () => done.push("mine"),
  };
  const acts: Act[] = [];
  session.onSaid((act) => acts.push(act));
  return {
    session,
    done,
    acts,
    press: (...names: string[]) => names.map((name) => pressKey(name, session, page, readOnly)),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test("case: a class and a certainty by two keys, saved at each and submitted by a third", () => {
  const { session, done, acts, press, pass } = begin();
  session.tick("shown");
  pass(9000);
  press("b", "Shift+4");
  assert.equal(acts.length, 2);
  for (const act of acts) assert.deepEqual(actSchema.parse(act), act);
  press("b", "Enter");
  assert.equal(acts.length, 2, "the same choice again is not saved again");
  assert.deepEqual(done, ["submit"]);
  const { kind, content } = actSchema.parse(session.submission()) as Extract<
    Act,
    { kind: "submit" }
  >;
  assert.equal(kind, "submit");
  assert.deepEqual(readingContentSchema.parse(content), {
    decision: { kind: "class", id: "weber_b" },
    certainty: 4,
    seconds: 9,
    conditions: { screenWidth: 2560, screenHeight: 1440, pixelRatio: 1, inverted: false },
  });
});

test("case: digits are exclusions only after X, and windows before and afterwards", () => {
  const { session, press } = begin();
  press("2");
  assert.equal(session.reading.state().decision, null);
  press("x", "2");
  assert.deepEqual(session.reading.state().decision, { kind: "exclusion", id: "cast" });
  press("1");
  assert.deepEqual(session.reading.state().decision, { kind: "exclusion", id: "cast" });
  press("x", "9");
  assert.ok(session.reading.state().excluding, "the protocol has no ninth exclusion");
  press("Escape");
  assert.equal(session.reading.state().excluding, false);
});

test("case: a measurement is nudged by a pixel of the screen and saved as the protocol's", () => {
  const { session, acts, press } = begin();
  const { measuring, viewer } = session;
  const id = detail.images[0].id;
  viewer.dispatch({ type: "resize", view: id, viewport: { width: 500, height: 1000 } });
  measuring.dispatch({ type: "take tool", tool: { rule: "talar_tilt", form: "between lines" } });
  for (const [x, y] of [
    [0, 0],
    [100, 0],
    [0, 50],
    [100, 60],
  ]) {
    measuring.dispatch({ type: "set point", image: id, at: { x, y }, id: "m" });
  }
  measuring.dispatch({ type: "select", id: "m", point: 3 });
  const { scale, scaleY } = viewer.state().views[0].camera;
  press("ArrowRight", "Shift+ArrowUp");
  const last = acts.at(-1);
  assert.ok(last?.kind === "draft");
  const [saved] = readingContentSchema.parse(last.content).measurements ?? [];
  assert.equal(saved.rule, "talar_tilt");
  assert.deepEqual(saved.points[3], [100 + 1 / scale, 60 - 10 / scaleY]);
  assert.equal(viewer.state().active, id, "arrows went to the point, not to the next view");
  const again = begin({ version: 1, savedAt: "", content: last.content });
  assert.deepEqual(again.session.content().measurements, last.content.measurements);
  press("Escape", "ArrowRight");
  assert.equal(viewer.state().active, detail.images[1].id);
});

test("case: time and conditions of an earlier sitting count", () => {
  const content = {
    seconds: 30,
    conditions: { screenWidth: 1, screenHeight: 1, pixelRatio: 1, greatestZoom: 3, inverted: true },
  };
  const { session, pass } = begin({ version: 1, savedAt: "", content });
  session.tick("shown");
  pass(5000);
  const now = session.content();
  assert.equal(now.seconds, 35);
  assert.deepEqual([now.conditions?.greatestZoom, now.conditions?.inverted], [3, true]);
});

test("case: a submitted one can be looked at by keys and not changed", () => {
  const { session, done, acts, press } = begin(null, true);
  const changing = ["b", "Shift+3", "x", "Enter", "t", "Delete"];
  assert.deepEqual(press(...changing), Array(6).fill(true));
  assert.deepEqual(
    done.splice(0),
    changing.map((name) => `refuse ${name}`),
  );
  assert.deepEqual(press("q", "j"), [false, false], "keys that mean nothing anywhere");
  assert.deepEqual(press("z", "ArrowRight", "f", "d"), Array(4).fill(true));
  assert.deepEqual([acts.length, done], [0, ["next", "previous"]]);
  assert.equal(session.viewer.state().single, true);
});

test("measuring tools: names, landmarks and values as the reader sees them", () => {
  const t = translator(english);
  const [tilt, free] = [
    { rule: "talar_tilt", form: "between lines" },
    { rule: null, form: "length" },
  ] as const;
  assert.equal(toolName(tilt, protocol, t), "Talar tilt");
  assert.equal(toolName(free, protocol, t), "Length");
  assert.equal(landmarkOf(tilt, protocol, 3, t), "dome, medial");
  assert.equal(landmarkOf(free, protocol, 2, t), "second end");
  const points = [
    { x: 0, y: 0 },
    { x: 30, y: 80 },
  ];
  const spacing = spacingOf(detail.images[0]);
  assert.equal(valueText({ form: "length", points }, spacing, t), "10.0 mm at detector");
  assert.equal(valueText({ form: "length", points }, null, t), "85.4 px");
  assert.equal(spacingOf({ ...detail.images[0], spacingSource: "none" }), null);
});
