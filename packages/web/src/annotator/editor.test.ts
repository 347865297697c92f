/**
 * The editor driven without a page: every tool's states, what undo gives back, what nobody may lose. Random
 * gestures are drawn by fast-check; a failure prints the shortest that fails.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type EditorEvent, nextEditor, unfinished } from "./editor.ts";
import { openOffers } from "./editor-state.ts";
import {
  AP,
  at,
  begin,
  callOff,
  click,
  drag,
  finish,
  fractureOffer as fracture,
  LATERAL,
  fibulaOffer as offer,
  redo,
  run,
  shapes,
  square,
  tool,
  undo,
} from "./test-editor.ts";
import { isToolBusy } from "./tools/table.ts";
import { toolNames } from "./tools/tool.ts";

test("polygon: points by clicks, the fifth taken back, closed at the first; one undo and one redo", () => {
  const drawn = run(begin(), [
    tool("polygon"),
    ...click(10, 10),
    ...click(100, 10),
    ...click(100, 100),
    ...click(10, 100),
    ...click(50, 50),
    { type: "back" },
    ...click(12, 12),
  ]);
  assert.deepEqual(
    shapes(drawn).map(({ points, structure, form }) => [points, structure, form]),
    [[[10, 10, 100, 10, 100, 100, 10, 100], "fibula", "polygon"]],
  );
  assert.deepEqual(drawn.selection.ids, [shapes(drawn)[0].id]);
  const undone = nextEditor(drawn, undo);
  assert.deepEqual(shapes(undone), []);
  assert.deepEqual(undone.said, { key: "said.undid", what: "edit.drew", image: AP });
  assert.deepEqual(shapes(nextEditor(undone, redo)), shapes(drawn));
});

test("polygon: one that crosses itself is not closed, and its crossing edges are said", () => {
  const crossed = run(begin(), [
    tool("polygon"),
    ...click(10, 10),
    ...click(100, 100),
    ...click(100, 10),
    ...click(10, 100),
    finish,
  ]);
  assert.equal(shapes(crossed).length, 0);
  assert.equal(crossed.said?.key, "said.crossing");
  assert.ok(isToolBusy(crossed.tool), "the points stay in hand");
  const mended = run(crossed, [{ type: "back" }, { type: "back" }, ...click(10, 100), finish]);
  assert.equal(shapes(mended).length, 1);
});

test("polygon: a double click does not close, Shift and a drag streams points", () => {
  const twice = run(begin(), [
    tool("polygon"),
    ...click(10, 10),
    ...click(90, 10),
    ...click(90, 10),
  ]);
  assert.ok(twice.tool.tool === "polygon" && twice.tool.at.phase === "drawing");
  assert.equal(twice.tool.at.points.length / 2, 2);
  const way = Array.from({ length: 21 }, (_, i) => [90, 10 + 4 * i] as const);
  const streamed = run(twice, drag(way, { shift: true }));
  assert.ok(streamed.tool.tool === "polygon" && streamed.tool.at.phase === "drawing");
  assert.equal(streamed.tool.at.points.length / 2, 22);
});

test("polygon: Escape puts it aside, Enter goes on, a second Escape drops it and undo brings it back", () => {
  const begun = run(begin(), [tool("polygon"), ...click(10, 10), ...click(100, 10)]);
  const parked = nextEditor(begun, callOff);
  assert.equal(parked.document.parked.size, 1);
  const went = nextEditor(parked, finish);
  assert.ok(went.tool.tool === "polygon" && went.tool.at.phase === "drawing");
  assert.deepEqual(went.tool.at.points, [10, 10, 100, 10]);
  const done = run(went, [...click(100, 100), finish]);
  assert.deepEqual([shapes(done).length, done.document.parked.size], [1, 0]);
  const again = run(went, [callOff, callOff]);
  assert.equal(again.document.parked.size, 0);
  assert.equal(nextEditor(again, undo).document.parked.size, 1);
});

test("polygon: another tool, another view and a window that loses the focus put it aside", () => {
  const begun = run(begin(), [tool("polygon"), ...click(10, 10), ...click(100, 10)]);
  const ways: readonly (readonly EditorEvent[])[] = [
    [tool("select")],
    [{ type: "park" }],
    click(50, 50, { image: LATERAL }),
  ];
  for (const events of ways) {
    const left = run(begun, events);
    assert.deepEqual([...left.document.parked.values()][0]?.points, [10, 10, 100, 10]);
  }
  const back = run(begun, [{ type: "park" }, tool("select"), finish]);
  assert.ok(back.tool.at.phase === "drawing" && "points" in back.tool.at);
  assert.deepEqual(back.tool.at.points, [10, 10, 100, 10], "Enter goes on with it");
  assert.equal([...unfinished(begun).values()][0]?.points.length, 4);
});

test("line: an open line has the width in hand, and none where nothing is known of millimetres", () => {
  const drawn = run(begin(), [
    { type: "structure", id: "fracture" },
    tool("line"),
    ...click(10, 10),
    ...click(60, 20),
    ...click(90, 60),
    finish,
  ]);
  const [line] = shapes(drawn);
  assert.deepEqual([line.form, line.widthMm, line.structure], ["line", 3, "fracture"]);
  const refused = run(begin(), [tool("line"), ...click(10, 10, { image: LATERAL })]);
  assert.equal(refused.said?.key, "said.no spacing");
});

test("box: a drag and two clicks make the same outline, a small one makes none", () => {
  const dragged = run(begin(), [
    tool("box"),
    ...drag([
      [50, 80],
      [30, 60],
      [10, 20],
    ]),
  ]);
  const clicked = run(begin(), [tool("box"), ...click(50, 80), ...click(10, 20)]);
  assert.deepEqual(shapes(dragged)[0].points, [10, 20, 50, 20, 50, 80, 10, 80]);
  assert.deepEqual(shapes(clicked)[0].points, shapes(dragged)[0].points);
  assert.equal(
    shapes(
      run(begin(), [
        tool("box"),
        ...drag([
          [10, 10],
          [11, 12],
        ]),
      ]),
    ).length,
    0,
  );
});

test("freehand: a closed trace is simplified, an open one waits for Enter or the next stroke", () => {
  const around = Array.from({ length: 73 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 72;
    return [200 + 80 * Math.cos(angle), 200 + 80 * Math.sin(angle)] as const;
  });
  const closed = run(begin(), [tool("freehand"), ...drag(around)]);
  const count = shapes(closed)[0].points.length / 2;
  assert.ok(count > 8 && count < 60, `${count} points`);
  const half = run(begin(), [tool("freehand"), ...drag(around.slice(0, 37))]);
  assert.equal(shapes(half).length, 0);
  assert.equal(shapes(nextEditor(half, finish)).length, 1);
  const on = run(half, drag(around.slice(37)));
  assert.equal(shapes(on).length, 1);
  assert.ok(!isToolBusy(run(half, [{ type: "back" }]).tool), "the stroke is taken back");
});

test("live wire: pieces are straight until their path comes, and a finished wire waits for them", () => {
  const begun = run(begin(), [
    { type: "structure", id: "fracture" },
    tool("wire"),
    ...click(10, 10),
    { type: "hover", place: at(40, 40) },
    ...click(90, 90),
    finish,
  ]);
  assert.equal(shapes(begun).length, 0);
  const answer: EditorEvent = { type: "path", request: "1", points: [10, 10, 50, 20, 90, 90] };
  const done = nextEditor(begun, answer);
  assert.deepEqual(shapes(done)[0].points, [10, 10, 50, 20, 90, 90]);
  assert.equal(shapes(done)[0].form, "line");
  const late = nextEditor(begun, { type: "path", request: "0", points: [0, 0, 1, 1] });
  assert.equal(late.document, begun.document, "what nobody waits for changes nothing");
  const straight = run(begin(), [tool("wire"), ...click(10, 10), ...click(90, 10, { ctrl: true })]);
  const outline = run(straight, [...click(90, 90, { ctrl: true }), finish]);
  assert.equal(shapes(outline)[0].form, "polygon");
});

test("points: dragged, put in, taken out, nudged as one step; three stay", () => {
  const drawn = run(begin(), [...square(100, 100, 100), tool("edit")]);
  const moved = run(
    drawn,
    drag([
      [100, 100],
      [90, 95],
      [80, 90],
    ]),
  );
  assert.deepEqual(shapes(moved)[0].points.slice(0, 2), [80, 90]);
  const called = run(drawn, [
    { type: "press", place: at(100, 100) },
    { type: "drag", place: at(80, 90) },
    { type: "cancel" },
  ]);
  assert.deepEqual(shapes(called), shapes(drawn));
  const put = run(drawn, click(150, 101));
  assert.deepEqual([shapes(put)[0].points.length / 2, put.selection.vertex], [5, 1]);
  const dragged = run(
    drawn,
    drag([
      [150, 100],
      [150, 80],
    ]),
  );
  assert.deepEqual(shapes(dragged)[0].points.slice(2, 4), [150, 80]);
  const nudges: EditorEvent[] = [1, 2, 3].map(() => ({ type: "nudge", dx: 1, dy: 0 }));
  const nudged = run(put, nudges);
  assert.equal(nudged.history.done, put.history.done + 1, "three nudges are one step");
  assert.deepEqual(shapes(nextEditor(nudged, undo)), shapes(put));
  const less = run(drawn, click(100, 100, { alt: true }));
  assert.equal(shapes(less)[0].points.length / 2, 3);
  assert.equal(run(less, click(200, 100, { alt: true })).said?.key, "said.least polygon");
});

test("points: a section drawn anew replaces the shorter part, the other on demand", () => {
  const drawn = run(begin(), [...square(100, 100, 100), tool("edit")]);
  const preview = run(drawn, [
    ...click(100, 100, { shift: true }),
    ...click(150, 60),
    ...click(200, 100),
  ]);
  assert.deepEqual(shapes(preview), shapes(drawn), "nothing is changed before Enter");
  const shorter = shapes(nextEditor(preview, finish))[0].points;
  assert.deepEqual(shorter, [200, 100, 200, 200, 100, 200, 100, 100, 150, 60]);
  const other = run(preview, [{ type: "candidate", step: 1 }, finish]);
  assert.equal(shapes(other)[0].points.length / 2, 3);
});

test("select: bodies are pinned, Ctrl moves them; Shift chooses more", () => {
  const two = run(begin(), [...square(50, 50, 60), ...square(200, 50, 60), tool("select")]);
  const [first, second] = shapes(two);
  const chosen = run(two, [...click(80, 80), ...click(230, 80, { shift: true })]);
  assert.deepEqual(chosen.selection.ids, [first.id, second.id]);
  const one = run(two, click(80, 80));
  assert.deepEqual(
    shapes(
      run(
        one,
        drag([
          [80, 80],
          [90, 80],
        ]),
      ),
    ),
    shapes(two),
  );
  const moved = run(
    one,
    drag(
      [
        [80, 80],
        [85, 80],
        [90, 85],
      ],
      { ctrl: true },
    ),
  );
  assert.deepEqual(shapes(moved)[0].points.slice(0, 2), [60, 55]);
});

test("split and join: parts keep their parents, and joined halves are the whole again", () => {
  const drawn = run(begin(), [...square(100, 100, 100), tool("split")]);
  const cut = run(drawn, [...click(150, 100), ...click(150, 150), ...click(150, 200), finish]);
  const parts = shapes(cut);
  assert.equal(parts.length, 2);
  for (const { parents } of parts) assert.deepEqual(parents, [shapes(drawn)[0].id]);
  const whole = run(cut, [tool("join"), finish, finish]);
  assert.equal(shapes(whole).length, 1);
  assert.deepEqual(new Set(shapes(whole)[0].points), new Set(shapes(drawn)[0].points));
  const apart = run(begin(), [...square(10, 10, 20), ...square(100, 10, 20), tool("join")]);
  const chosen = run(apart, [...click(20, 20), finish]);
  assert.equal(chosen.said?.key, "said.join apart");
  assert.equal(shapes(chosen).length, 2);
});

test("erase: points under the pointer go, a line falls in two, and a cancelled stroke takes nothing", () => {
  const points = [20, 60, 100, 140, 180].flatMap((x) => click(x, 50));
  const line = run(begin(), [tool("line"), ...points, finish, tool("erase")]);
  const rubbed = run(
    line,
    drag([
      [95, 50],
      [100, 50],
      [105, 50],
    ]),
  );
  assert.deepEqual(
    shapes(rubbed).map((shape) => shape.points),
    [
      [20, 50, 60, 50],
      [140, 50, 180, 50],
    ],
  );
  const cancelled = run(line, [{ type: "press", place: at(100, 50) }, { type: "cancel" }]);
  assert.deepEqual(shapes(run(cancelled, [{ type: "drop", place: at(100, 50) }])), shapes(line));
});

test("proposals: accepted as proposed, mended once changed, rejected once deleted, all undone", () => {
  const offered = begin([offer, fracture]);
  assert.equal(openOffers(offered).length, 2);
  const accepted = nextEditor(offered, { type: "accept", offer: offer.key });
  assert.deepEqual(shapes(accepted)[0].points, offer.polygons[0], "not even rounded");
  assert.equal(accepted.document.decisions.get(offer.key)?.is, "accepted");
  const changed = run(accepted, [
    tool("edit"),
    ...drag([
      [300, 300],
      [310, 310],
    ]),
  ]);
  assert.equal(changed.document.decisions.get(offer.key)?.is, "mended");
  const back = nextEditor(changed, undo);
  assert.equal(back.document.decisions.get(offer.key)?.is, "accepted");
  const gone = run(accepted, [tool("select"), { type: "delete" }]);
  assert.equal(gone.document.decisions.get(offer.key)?.is, "rejected");
  const line = nextEditor(offered, { type: "accept", offer: fracture.key });
  assert.deepEqual([shapes(line)[0].form, shapes(line)[0].widthMm], ["line", 3]);
  const rejected = nextEditor(offered, { type: "reject", offer: offer.key, why: "place" });
  assert.deepEqual(rejected.document.decisions.get(offer.key)?.why, "place");
  assert.equal(openOffers(run(accepted, [undo])).length, 2);
});

test("proposals: mending is one step with Enter, and nothing at all with Escape", () => {
  const mending = run(begin([offer]), [
    { type: "mend", offer: offer.key },
    ...drag([
      [300, 300],
      [310, 310],
    ]),
    ...drag([
      [300, 200],
      [310, 190],
    ]),
  ]);
  const done = nextEditor(mending, finish);
  assert.equal(done.history.done, 1);
  assert.equal(done.document.decisions.get(offer.key)?.is, "mended");
  assert.deepEqual(shapes(nextEditor(done, undo)), []);
  const called = nextEditor(mending, callOff);
  assert.deepEqual([shapes(called).length, openOffers(called).length], [0, 1]);
  assert.equal(called.selection.offer, offer.key);
});

test("locked shapes are neither deleted, edited nor split", () => {
  const drawn = run(begin(), square(100, 100, 100));
  const [{ id }] = shapes(drawn);
  const locked = run(drawn, [{ type: "lock", id }]);
  for (const events of [
    [{ type: "delete" }] as const,
    [
      tool("edit"),
      ...drag([
        [100, 100],
        [80, 80],
      ]),
    ],
    [tool("split"), ...click(150, 100), ...click(150, 200), finish],
    [
      tool("erase"),
      ...drag([
        [100, 100],
        [101, 101],
      ]),
    ],
  ]) {
    assert.deepEqual(shapes(run(locked, events)), shapes(locked));
  }
});

const coordinate = fc.integer({ min: 0, max: 40 }).map((step) => step * 10);
const place = fc
  .record({
    x: coordinate,
    y: coordinate,
    image: fc.constantFrom(AP, AP, AP, LATERAL),
    kind: fc.constantFrom("mouse" as const, "pen" as const, "touch" as const),
    shift: fc.constantFrom(false, false, false, true),
    alt: fc.constantFrom(false, false, false, false, true),
    ctrl: fc.constantFrom(false, false, false, true),
  })
  .map(({ x, y, ...more }) => at(x, y, more));
const pointer = fc
  .tuple(place, fc.array(place, { maxLength: 6 }), fc.constantFrom("drop", "click", "cancel"))
  .map(([first, more, end]): EditorEvent[] => {
    const last = end === "click" ? first : (more.at(-1) ?? first);
    return [
      { type: "press", place: first },
      ...(end === "click" ? [] : more.map((one) => ({ type: "drag" as const, place: one }))),
      end === "cancel"
        ? { type: "cancel" }
        : { type: end === "drop" ? "drop" : "click", place: last },
    ];
  });
const command = fc.oneof(
  fc.constantFrom(...toolNames).map((name): EditorEvent[] => [tool(name)]),
  fc.constantFrom<EditorEvent[]>(
    [finish],
    [finish],
    [callOff],
    [{ type: "back" }],
    [{ type: "park" }],
    [{ type: "delete" }],
    [{ type: "redraw" }],
    [{ type: "step", by: 1 }],
    [{ type: "nudge", dx: 3, dy: -2 }],
    [{ type: "move", dx: -2, dy: 3 }],
    [{ type: "insert point" }],
    [{ type: "begin section" }],
    [{ type: "step", by: 1, adds: true }],
    [{ type: "hide", structure: "fibula" }],
    [{ type: "candidate", step: 1 }],
    [{ type: "snapping" }],
    [{ type: "accept", offer: offer.key }],
    [{ type: "mend", offer: fracture.key }],
    [{ type: "reject", offer: offer.key }],
    [{ type: "structure", id: "fracture" }],
    [{ type: "structure", id: "tibia" }],
    [{ type: "visibility", image: AP, to: "easy" }],
    [{ type: "path", request: "0", points: [0, 0, 20, 20, 30, 10] }],
    [{ type: "path", request: "1", points: [0, 0, 20, 20, 30, 10] }],
  ),
  place.map((one): EditorEvent[] => [{ type: "hover", place: one }]),
);
/** What changes the past is drawn apart: everything undone is the beginning only without it. */
const gestures = fc
  .array(fc.oneof(pointer, pointer, command), { maxLength: 60, size: "max" })
  .map((all) => all.flat());

test("any gestures undone are the beginning, and redone what they were", () => {
  fc.assert(
    fc.property(gestures, (events) => {
      const first = begin([offer, fracture]);
      const after = run(run(first, events), [{ type: "park" }, tool("select")]);
      const steps = after.history.done;
      fc.pre(steps < 200);
      const undone = run(
        after,
        Array.from({ length: steps }, () => undo),
      );
      assert.deepEqual(undone.document, first.document);
      assert.equal(nextEditor(undone, undo).document, undone.document);
      const redone = run(
        undone,
        Array.from({ length: steps }, () => redo),
      );
      assert.deepEqual(redone.document, after.document);
    }),
    { numRuns: 400 },
  );
});

/** What takes shapes away; nothing else may. */
const TAKES_AWAY = new Set(["delete", "redraw", "escape", "undo", "redo"]);

test("no shape is lost by anything but what takes shapes away", () => {
  fc.assert(
    fc.property(gestures, (events) => {
      let state = begin([offer, fracture]);
      for (const event of events) {
        const next = nextEditor(state, event);
        const isMeant =
          TAKES_AWAY.has(event.type) || ["split", "join", "erase"].includes(state.tool.tool);
        if (!isMeant) {
          for (const id of state.document.shapes.keys()) {
            assert.ok(next.document.shapes.has(id), `${event.type} with ${state.tool.tool}`);
          }
        }
        // What is on its way is put aside, whoever leaves and whenever.
        if (next.document !== state.document) {
          assert.ok(next.history.done > 0 || next.history.entries.length > 0);
        }
        state = next;
      }
    }),
    { numRuns: 400 },
  );
});

test("Escape, a lost pointer and a lost focus leave every state without a trace in what is drawn", () => {
  fc.assert(
    fc.property(gestures, fc.constantFrom("escape", "cancel", "park"), (events, type) => {
      const state = run(begin([offer, fracture]), events);
      const mending = state.mending !== null;
      const left = nextEditor(state, { type });
      const kept = type === "escape" && mending ? [] : [...state.document.shapes.keys()];
      for (const id of kept)
        assert.deepEqual(left.document.shapes.get(id), state.document.shapes.get(id));
      let out = left;
      for (let i = 0; i < 4; i++) out = nextEditor(out, callOff);
      assert.ok(!isToolBusy(out.tool), `${out.tool.tool} is still busy`);
      assert.equal(out.tool.tool, "select");
    }),
    { numRuns: 400 },
  );
});

test("what is being drawn is in what would be put aside, in every state", () => {
  fc.assert(
    fc.property(gestures, (events) => {
      const state = run(begin(), events);
      const { at: now } = state.tool;
      if (now.phase !== "drawing" || !("points" in now)) return;
      const kept = [...unfinished(state).values()];
      const isSame = [...state.document.parked.values()].some(
        ({ points }) => JSON.stringify(points) === JSON.stringify(now.points),
      );
      assert.ok(isSame || kept.some(({ points }) => points.length === now.points.length));
    }),
    { numRuns: 200 },
  );
});
