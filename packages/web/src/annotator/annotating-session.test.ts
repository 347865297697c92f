/** A case as it is drawn, saved, left, and found again: without a page, with everything else as it is. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test from "node:test";
import {
  type AnnotatingCase,
  type AnnotationContent,
  drawnShapeSchema,
  emptyAnnotation,
} from "@malleolus/schema";
import { type Act, actSchema } from "../save/act.ts";
import { openAnnotating } from "./annotating-session.ts";
import { drawingStart } from "./drawing-start.ts";
import type { EditorEvent } from "./editor.ts";
import { emptyHistory, type HistoryEntry } from "./history.ts";
import type { JournalHead } from "./journal.ts";
import { newShape } from "./shape.ts";

const AP = "a".repeat(32);
const detail: AnnotatingCase = {
  code: "7kq2m41x0abc",
  label: "7KQ2-M41X",
  place: 1,
  of: 1,
  images: [
    {
      id: AP,
      view: "ap",
      side: null,
      width: 400,
      height: 500,
      pixelSpacingMm: [0.2, 0.2],
      spacingSource: "calibrated",
    },
  ],
  missing: [],
  state: "new",
  hasFracture: true,
  structures: [{ id: "fibula", name: "Fibula" }],
  fractureLineMm: 3,
  proposals: { shown: "never", offers: [] },
  draft: null,
  submitted: null,
  returned: null,
  threads: [],
  previous: null,
  next: null,
};

/** The browser's database as far as a session uses it: a head, and steps under their numbers. */
function open(given: AnnotatingCase = detail, kept: ReturnType<typeof close> | null = null) {
  let time = 0;
  const start = drawingStart(given, kept);
  const session = openAnnotating({
    detail: given,
    start,
    view: { linked: false, startWindow: null },
    now: () => time,
    newId: randomUUID,
  });
  const acts: Act[] = [];
  const heads: JournalHead[] = [];
  // Under their numbers, as in the database.
  const steps: HistoryEntry[] = [];
  for (const [i, entry] of (kept?.history.entries ?? []).entries()) {
    steps[(kept?.head.first ?? 0) + i] = entry;
  }
  const writes: number[] = [];
  session.onChange({
    save: (act) => acts.push(actSchema.parse(JSON.parse(JSON.stringify(act)))),
    journal(head, { from, entries }) {
      heads.push(head);
      for (const [i, entry] of entries.entries()) steps[from + i] = entry;
      writes.push(entries.length);
    },
  });
  return { session, acts, heads, steps, writes, start, pass: (ms: number) => (time += ms) };
}

function close({
  heads,
  steps,
}: {
  readonly heads: JournalHead[];
  readonly steps: HistoryEntry[];
}) {
  const head = heads.at(-1);
  assert.ok(head !== undefined, "nothing was journalled");
  const { first, done } = head;
  return { head, history: { entries: steps.slice(first, first + head.steps), done } };
}

const click = (x: number, y: number): EditorEvent => ({
  type: "click",
  place: {
    image: AP,
    at: { x, y },
    scale: { x: 1, y: 1 },
    kind: "mouse",
    shift: false,
    alt: false,
    ctrl: false,
  },
});
const polygon: readonly EditorEvent[] = [
  { type: "take tool", tool: "polygon" },
  click(10, 10),
  click(90, 10),
  click(90, 90),
];
const triangle: readonly EditorEvent[] = [...polygon, { type: "finish" }];

function shape(id: string, size: number) {
  const points = [0, 0, size, 0, size, size];
  return newShape({ id, image: AP, structure: "tibia", order: 9, points });
}

function onServer(content: AnnotationContent, version: number): AnnotatingCase {
  return {
    ...detail,
    state: "draft",
    draft: { version, content, savedAt: "2026-01-01T00:00:00Z" },
  };
}

test("session: a finished shape is journalled and put at once, what is looked at is neither", () => {
  const { session, acts, heads } = open();
  session.viewer.dispatch({ type: "invert" });
  session.editor.dispatch({ type: "hide", structure: "fibula" });
  assert.deepEqual([acts.length, heads.length], [0, 0]);
  for (const event of triangle) session.editor.dispatch(event);
  assert.equal(acts.length, 1);
  assert.ok(acts[0].kind === "drawing" && acts[0].content.shapes.length === 1);
  assert.deepEqual([heads.at(-1)?.dirty, heads.at(-1)?.content.shapes.length], [true, 1]);
});

test("session: a point that is dragged is journalled once, when it is let go", () => {
  const { session, acts, heads } = open();
  const { editor } = session;
  for (const event of triangle) editor.dispatch(event);
  editor.dispatch({ type: "take tool", tool: "edit" });
  const before = heads.length;
  const at = (x: number) => {
    const event = click(x, 10);
    assert.ok(event.type === "click");
    return event.place;
  };
  editor.dispatch({ type: "press", place: at(90) });
  for (let x = 91; x < 120; x++) editor.dispatch({ type: "drag", place: at(x) });
  assert.equal(heads.length, before);
  editor.dispatch({ type: "drop", place: at(120) });
  assert.deepEqual([heads.length, acts.length], [before + 1, 2]);
  const [{ points }] = [...editor.state().document.shapes.values()];
  assert.ok(points.includes(120), String(points));
});

test("session: a tab that crashes in the middle of an outline finds it again, put aside", () => {
  const first = open();
  for (const event of polygon) first.session.editor.dispatch(event);
  assert.equal(first.acts.length, 0);
  const second = open(detail, close(first));
  const [parked] = second.session.editor.state().document.parked.values();
  assert.deepEqual(parked?.points, [10, 10, 90, 10, 90, 90]);
  assert.equal(second.acts.length, 1, "and saves it");
  second.session.editor.dispatch({ type: "resume", id: parked.id });
  second.session.editor.dispatch({ type: "finish" });
  assert.equal(second.session.editor.state().document.shapes.size, 1);
});

test("session: steps survive a reload and are undone; what the server has acknowledged is not sent again", () => {
  const first = open();
  for (const event of [...triangle, ...triangle]) first.session.editor.dispatch(event);
  const content = first.session.content();
  first.session.saved(content, 2);
  assert.equal(first.heads.at(-1)?.dirty, false);
  const second = open(onServer(content, 2), close(first));
  assert.deepEqual([second.acts.length, second.session.editor.state().history.done], [0, 2]);
  second.session.editor.dispatch({ type: "undo" });
  assert.equal(second.session.editor.state().document.shapes.size, 1);
  assert.equal(second.acts.length, 1);
});

test("session: two hundred steps survive a reload, and each gesture writes one of them", () => {
  const first = open();
  for (const event of triangle) first.session.editor.dispatch(event);
  const [{ id }] = first.session.editor.state().document.shapes.values();
  for (let i = 0; i < 260; i++) first.session.editor.dispatch({ type: "doubt", id });
  assert.equal(Math.max(...first.writes), 1, "two hundred are not written again for one");
  assert.deepEqual([first.heads.at(-1)?.first, first.heads.at(-1)?.steps], [61, 200]);
  const content = first.session.content();
  const second = open(onServer(content, 2), close(first));
  const { editor } = second.session;
  for (let i = 0; i < 200; i++) editor.dispatch({ type: "undo" });
  assert.equal(editor.state().history.done, 0);
  assert.equal(editor.state().said?.key, "said.undid", "the last one undid something, too");
  for (let i = 0; i < 200; i++) editor.dispatch({ type: "redo" });
  assert.deepEqual(second.session.content().shapes, content.shapes);
  editor.dispatch({ type: "lock", id });
  const third = open(onServer(content, 2), close(second));
  const history = third.session.editor.state().history;
  assert.deepEqual([history.done, history.entries.at(-1)?.what], [200, "edit.locked"]);
});

test("session: a shape that has been to the server is the same, in whatever order it comes back", () => {
  const first = open();
  for (const event of [...triangle, ...triangle]) first.session.editor.dispatch(event);
  const content = first.session.content();
  const shapes = content.shapes.map((one) => drawnShapeSchema.parse(one));
  assert.notEqual(JSON.stringify(shapes), JSON.stringify(content.shapes), "other keys first");
  // The tab has died before it knew that its save had arrived.
  const second = open(onServer({ ...content, shapes }, 1), close(first));
  assert.deepEqual(second.session.conflicts.state(), []);
  assert.equal(second.session.editor.state().document.shapes.size, 2);
  assert.equal(second.session.editor.state().history.done, 2, "and its steps are still there");
});

test("session: what was drawn offline is put together with what another computer saved meanwhile", () => {
  const first = open();
  for (const event of triangle) first.session.editor.dispatch(event);
  const elsewhere = { ...emptyAnnotation, shapes: [shape("other", 20)] };
  const second = open(onServer(elsewhere, 3), close(first));
  const { document, history } = second.session.editor.state();
  assert.equal(document.shapes.size, 2);
  assert.deepEqual(history, emptyHistory, "undo does not take back what came from elsewhere");
  assert.deepEqual(second.session.conflicts.state(), []);
  assert.equal(second.acts.length, 1);
});

test("session: the same shape changed in two browsers is chosen, and the other is kept aside", () => {
  const base = { ...emptyAnnotation, shapes: [shape("one", 20)] };
  const { session, acts } = open(onServer(base, 1));
  const there = { ...emptyAnnotation, shapes: [shape("one", 60), shape("new", 9)] };
  session.editor.dispatch({ type: "doubt", id: "one" });
  session.mergeWith(there, 2, "2026-01-01T00:00:00.000Z");
  assert.equal(session.content().setAside.length, 1, "kept before anybody has chosen");
  const [conflict] = session.conflicts.state();
  assert.deepEqual([conflict.id, conflict.there?.points[2]], ["one", 60]);
  assert.equal(
    session.editor.state().document.shapes.size,
    2,
    "what does not clash is here already",
  );
  session.choose(conflict, "other");
  assert.equal(session.editor.state().document.shapes.get("one")?.points[2], 60);
  const act = acts.at(-1);
  assert.ok(act?.kind === "drawing");
  assert.equal(act.content.setAside[0]?.shape.points[2], 20);
  session.takeBack(0);
  assert.equal(session.editor.state().document.shapes.size, 3);
});

test("session: time counts for the view that is worked on, from where it was before", () => {
  const content = { ...emptyAnnotation, seconds: { [AP]: 5 } };
  const { session, pass } = open(onServer(content, 1));
  session.tick("shown");
  pass(10_000);
  session.tick("activity");
  assert.equal(session.seconds(), 15);
  assert.deepEqual(session.content().seconds, { [AP]: 15 });
});
