/**
 * A hand without a page: mouse, pen and fingers through every state of every tool, and every way out of each of
 * them. What is tested is pointers as the browser tells them, not the editor's events.
 */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { PointerKind } from "../shapes/hit-test.ts";
import { unfinished } from "./editor.ts";
import {
  begin,
  callOff,
  fibulaOffer,
  finish,
  fractureOffer,
  type Hand,
  type HandInput,
  handle,
  hold,
  redo,
  run,
  shapes,
  square,
  stroke,
  tool,
  undo,
} from "./test-editor.ts";
import { isToolBusy, type ToolState } from "./tools/table.ts";
import { toolNames } from "./tools/tool.ts";

type State = {
  [Name in ToolState["tool"]]: `${Name} ${Extract<ToolState, { tool: Name }>["at"]["phase"]}`;
}[ToolState["tool"]];
type Way = (kind: PointerKind) => readonly HandInput[];

const shift = { shift: true };
const tap = (kind: PointerKind, x: number, y: number, keys = {}) =>
  stroke(kind, [[x, y]], { keys });
const held = { held: true };
const twoSquares = [...square(100, 100, 100), ...square(150, 150, 100)];
const ids = (hand: Hand) => shapes(hand.state).map(({ id }) => id);
const arc = [
  [100, 300],
  [130, 320],
  [180, 330],
  [240, 300],
] as const;
const fromPoint: Way = (kind) => [
  ...square(100, 100, 100),
  tool("edit"),
  ...tap(kind, 100, 100, shift),
  ...tap(kind, 150, 60),
];

/** How a hand comes into each state that has something in it. */
const WAYS: Readonly<Record<Exclude<State, `${string} idle`>, Way>> = {
  "select grasping": (kind) => [{ type: "step", by: 1 }, ...stroke(kind, [[300, 300]], held)],
  "select moving": (kind) => [
    ...square(100, 100, 100),
    tool("select"),
    ...stroke(
      kind,
      [
        [150, 150],
        [170, 170],
      ],
      { held: true, keys: { ctrl: true } },
    ),
  ],
  "polygon drawing": (kind) => [tool("polygon"), ...tap(kind, 20, 20), ...tap(kind, 90, 20)],
  "freehand pending": (kind) => [tool("freehand"), ...stroke(kind, [[20, 20]], held)],
  "freehand tracing": (kind) => [tool("freehand"), ...stroke(kind, arc, held)],
  "freehand gap": (kind) => [tool("freehand"), ...stroke(kind, arc)],
  "box sizing": (kind) => [
    tool("box"),
    ...stroke(
      kind,
      [
        [20, 20],
        [90, 120],
      ],
      held,
    ),
  ],
  "line drawing": (kind) => [tool("line"), ...tap(kind, 20, 20), ...tap(kind, 90, 20)],
  "wire drawing": (kind) => [tool("wire"), ...tap(kind, 20, 20), ...tap(kind, 90, 20)],
  "edit moving": (kind) => [
    ...square(100, 100, 100),
    tool("edit"),
    ...stroke(
      kind,
      [
        [100, 100],
        [80, 80],
      ],
      held,
    ),
  ],
  "edit section": fromPoint,
  "edit preview": (kind) => [...fromPoint(kind), ...tap(kind, 200, 100)],
  "split path": (kind) => [
    ...square(100, 100, 100),
    tool("split"),
    ...tap(kind, 150, 100),
    ...tap(kind, 150, 150),
  ],
  "split preview": (kind) => [
    ...square(100, 100, 100),
    tool("split"),
    ...tap(kind, 150, 100),
    ...tap(kind, 150, 200),
  ],
  "join preview": (kind) => [...twoSquares, tool("join"), ...tap(kind, 110, 110), finish],
  "erase erasing": (kind) => [
    ...square(100, 100, 100),
    tool("erase"),
    ...stroke(
      kind,
      [
        [100, 100],
        [110, 110],
      ],
      held,
    ),
  ],
};

/** Every way out but the one that finishes. */
const EXITS: Readonly<Record<string, readonly HandInput[]>> = {
  Escape: [callOff],
  "a lost focus": [{ type: "park" }],
  "another tool": [tool("select")],
  "a pointer that the browser took": [{ phase: "cancel" }],
  "a second finger": [
    { phase: "down", kind: "touch", pointer: 2, at: { x: 300, y: 400 } },
    { phase: "up", kind: "touch", pointer: 2, at: { x: 300, y: 400 } },
  ],
};
const DRAWS = [
  "polygon drawing",
  "line drawing",
  "wire drawing",
  "freehand tracing",
  "freehand gap",
];
const go = (hand: Hand, inputs: readonly HandInput[]) => inputs.reduce(handle, hand);
const lift = (kind: PointerKind): HandInput => ({ phase: "up", kind, at: { x: 333, y: 444 } });

for (const kind of ["mouse", "pen", "touch"] as const) {
  test(`pointers: by ${kind} every state of every tool is reached, and left without a trace in what is drawn`, () => {
    for (const [name, way] of Object.entries(WAYS)) {
      const start = hold(begin([fibulaOffer, fractureOffer]));
      const there = go(start, way(kind));
      const { at, tool: hand } = there.state.tool;
      assert.equal(`${hand} ${at.phase}`, name);
      const points = Math.max(
        0,
        ...[...unfinished(there.state).values()].map((one) => one.points.length),
      );
      assert.equal(points > 0, DRAWS.includes(name), `${name}: what would be put aside`);
      for (const [exit, inputs] of Object.entries(EXITS)) {
        const what = `${name}, ${exit}, ${kind}`;
        // After it the hand lifts whatever is down, and leaves for good.
        const out = go(there, [...inputs, lift(kind), { type: "park" }, tool("select")]);
        assert.deepEqual(shapes(out.state), shapes(there.state), what);
        assert.ok(!isToolBusy(out.state.tool), what);
        const kept = [...out.state.document.parked.values()].map((one) => one.points.length);
        if (points > 0)
          assert.ok(Math.max(0, ...kept) >= points, `${what}: ${kept} of ${points} kept`);
        const steps = Array.from({ length: out.state.history.done }, () => undo);
        assert.deepEqual(run(out.state, steps).document, start.state.document, what);
      }
    }
  });
}

test("pointers: a finger draws and finishes what a mouse does, a second one in between pans and draws nothing", () => {
  const pinch: readonly HandInput[] = [
    { phase: "down", kind: "touch", at: { x: 50, y: 50 } },
    { phase: "down", kind: "touch", pointer: 2, at: { x: 90, y: 90 } },
    { kind: "touch", pointer: 2, at: { x: 190, y: 190 } },
    { phase: "up", kind: "touch", pointer: 2, at: { x: 190, y: 190 } },
    { phase: "up", kind: "touch", at: { x: 50, y: 50 } },
  ];
  const drawn = (kind: PointerKind, between: readonly HandInput[]) =>
    go(hold(begin()), [
      tool("polygon"),
      ...tap(kind, 20, 20),
      ...tap(kind, 120, 20),
      ...between,
      ...tap(kind, 120, 120),
      ...tap(kind, 22, 22),
    ]);
  const outlines = (hand: Hand) => shapes(hand.state).map(({ points }) => points);
  assert.deepEqual(outlines(drawn("mouse", [])), [[20, 20, 120, 20, 120, 120]]);
  assert.deepEqual(outlines(drawn("touch", pinch)), outlines(drawn("mouse", [])));
});

test("pointers: a second finger lets go of what the first one has grasped", () => {
  const grasped = go(hold(begin()), WAYS["edit moving"]("touch"));
  const second: HandInput = {
    phase: "down",
    kind: "touch",
    pointer: 2,
    at: { x: 300, y: 400 },
  };
  assert.equal(handle(grasped, second).state.tool.at.phase, "idle");
});

test("pointers: where a pen draws, the palm that rests on the view draws nothing", () => {
  const palm = stroke("touch", [
    [300, 300],
    [320, 340],
  ]).map((one) => ({ ...one, pointer: 9 }));
  const drawn = go(hold(begin()), [
    tool("freehand"),
    ...stroke("pen", arc),
    ...palm,
    ...stroke("pen", [
      [240, 300],
      [100, 300],
    ]),
  ]);
  assert.equal(ids(drawn).length, 1);
  const alone = go(hold(begin()), [
    tool("freehand"),
    ...stroke("pen", arc),
    ...stroke("pen", [
      [240, 300],
      [100, 300],
    ]),
  ]);
  assert.deepEqual(shapes(drawn.state), shapes(alone.state));
});

test("pointers: a finger that rests takes a point back while something is drawn, and sets none", () => {
  const rest: readonly HandInput[] = [
    { phase: "down", kind: "touch", at: { x: 300, y: 300 } },
    { phase: "held", kind: "touch", at: { x: 300, y: 300 } },
    { phase: "up", kind: "touch", at: { x: 300, y: 300 } },
  ];
  const begun = go(hold(begin()), [
    tool("polygon"),
    ...tap("touch", 20, 20),
    ...tap("touch", 90, 20),
  ]);
  const rested = go(begun, rest);
  const pointsOf = ({ state }: Hand) => [...unfinished(state).values()].map(({ points }) => points);
  assert.deepEqual([pointsOf(begun), pointsOf(rested)], [[[20, 20, 90, 20]], [[20, 20]]]);
});

const coordinate = fc.integer({ min: 0, max: 20 }).map((step) => step * 20);
const kinds = fc.constantFrom("mouse" as const, "pen" as const, "touch" as const);
const keys = fc.record({
  shift: fc.constantFrom(false, false, true),
  ctrl: fc.constantFrom(false, false, true),
  alt: fc.constantFrom(false, false, false, true),
});
const places = fc.tuple(coordinate, coordinate);
/** Whole gestures, since random presses alone rarely make a shape; and single inputs that fall between them. */
const inputs = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(kinds, fc.array(places, { minLength: 1, maxLength: 5 }), keys, fc.boolean())
      .map(([kind, way, withKeys, rests]) =>
        stroke(kind, way, { held: rests && way.length > 3, keys: withKeys }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        phase: fc.constantFrom("down", "move", "up", "cancel", "held"),
        pointer: fc.constantFrom(1, 1, 2, 3),
        kind: kinds,
        button: fc.constantFrom(0, 0, 0, 1, 2),
        at: fc.record({ x: coordinate, y: coordinate }),
        spaceHeld: fc.constantFrom(false, false, false, true),
        keys,
      })
      .map((one): HandInput[] => [one]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...toolNames).map((name): HandInput[] => [tool(name)]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<HandInput[]>(
      [finish],
      [finish],
      [callOff],
      [{ type: "park" }],
      [{ type: "step", by: 1 }],
    ),
  },
);

test("pointers: any stream of them undone is the beginning, redone what it was, and loses no shape", () => {
  fc.assert(
    fc.property(fc.array(inputs, { maxLength: 40, size: "max" }), (all) => {
      const start = hold(begin([fibulaOffer, fractureOffer]));
      let hand = start;
      for (const one of all.flat()) {
        const before = hand.state;
        hand = handle(hand, one);
        const takes =
          ["split", "join", "erase"].includes(before.tool.tool) || before.mending !== null;
        if (takes) continue;
        for (const id of before.document.shapes.keys()) {
          assert.ok(hand.state.document.shapes.has(id), `${JSON.stringify(one)} lost ${id}`);
        }
      }
      const after = run(hand.state, [{ type: "park" }, tool("select")]);
      const steps = after.history.done;
      const undone = run(
        after,
        Array.from({ length: steps }, () => undo),
      );
      assert.deepEqual(undone.document, start.state.document);
      const redone = run(
        undone,
        Array.from({ length: steps }, () => redo),
      );
      assert.deepEqual(redone.document, after.document);
    }),
    { numRuns: 200 },
  );
});
