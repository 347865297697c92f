/** What is selected, and what is done to it without a pointer; what is not seen is in nobody's hand. */
import assert from "node:assert/strict";
import test from "node:test";
import { nextEditor } from "./editor.ts";
import { openOffers } from "./editor-state.ts";
import {
  AP,
  begin,
  click,
  drag,
  fibulaOffer,
  finish,
  fractureOffer,
  run,
  shapes,
  square,
  tool,
  undo,
} from "./test-editor.ts";

const hideFibula = { type: "hide", structure: "fibula" } as const;

test("hidden: a structure that is not shown is neither chosen nor rubbed out, cut or joined", () => {
  const drawn = run(begin(), [...square(100, 100, 100), tool("select"), ...click(150, 350)]);
  const hidden = nextEditor(drawn, hideFibula);
  assert.deepEqual(run(hidden, click(150, 150)).selection.ids, []);
  assert.equal(run(drawn, click(150, 150)).selection.ids.length, 1);
  for (const events of [
    [
      tool("erase"),
      ...drag([
        [100, 100],
        [102, 102],
      ]),
    ],
    [tool("split"), ...click(150, 100), ...click(150, 200), finish],
  ]) {
    assert.deepEqual(shapes(run(hidden, events)), shapes(drawn));
    assert.notDeepEqual(shapes(run(drawn, events)), shapes(drawn));
  }
});

test("hidden: what is hidden while it is selected is let go", () => {
  const editing = run(begin(), [...square(100, 100, 100), tool("edit"), ...click(100, 100)]);
  assert.equal(editing.selection.vertex, 0);
  const hidden = nextEditor(editing, hideFibula);
  assert.deepEqual([hidden.selection.ids, hidden.tool.tool], [[], "select"]);
});

test("move: the whole goes by keys, moves that follow one another are one step, a locked shape stays", () => {
  const drawn = run(begin(), square(100, 100, 100));
  const moved = run(drawn, [
    { type: "move", dx: 2, dy: 0 },
    { type: "move", dx: 0, dy: -3 },
  ]);
  assert.deepEqual(shapes(moved)[0].points, [102, 97, 202, 97, 202, 197, 102, 197]);
  assert.deepEqual(shapes(nextEditor(moved, undo)), shapes(drawn));
  const [{ id }] = shapes(drawn);
  const locked = run(drawn, [
    { type: "lock", id },
    { type: "move", dx: 2, dy: 0 },
  ]);
  assert.deepEqual(
    [shapes(locked)[0].points, locked.said?.key],
    [shapes(drawn)[0].points, "said.locked"],
  );
});

test("choosing: one shape more each time, on the view of the first, and one less again", () => {
  const two = run(begin(), [...square(50, 50, 60), ...square(200, 50, 60), tool("select")]);
  const [first, second] = shapes(two).map(({ id }) => id);
  const both = run(two, [
    { type: "select", selection: { ids: [first], vertex: null, offer: null } },
    { type: "step", by: 1, adds: true },
  ]);
  assert.deepEqual(both.selection.ids, [first, second]);
  const joining = run(both, [tool("join"), { type: "toggle", id: first }]);
  assert.deepEqual([joining.selection.ids, joining.tool.tool], [[second], "join"]);
});

test("section: from the selected point on it is drawn as by Shift and a click", () => {
  const editing = run(begin(), [...square(100, 100, 100), tool("edit"), ...click(100, 100)]);
  const path = [...click(150, 60), ...click(200, 100), finish];
  const byKey = run(editing, [{ type: "begin section" }, ...path]);
  const byShift = run(editing, [...click(100, 100, { shift: true }), ...path]);
  assert.deepEqual(shapes(byKey), shapes(byShift));
  assert.ok(shapes(byKey)[0].points.includes(60));
});

test("proposals: a click on one chooses it, a drag of its point takes and mends it as one step", () => {
  const offered = begin([fibulaOffer, fractureOffer]);
  const chosen = run(offered, click(300, 220));
  assert.equal(chosen.selection.offer, fibulaOffer.key);
  assert.deepEqual(run(chosen, click(20, 20)).selection.offer, null);
  assert.equal(openOffers(run(chosen, click(300, 300))).length, 2, "a click decides nothing");
  const mending = run(
    chosen,
    drag([
      [300, 300],
      [310, 305],
      [320, 310],
    ]),
  );
  assert.deepEqual(
    [mending.document.decisions.get(fibulaOffer.key)?.is, mending.mending?.offer],
    ["mended", fibulaOffer.key],
  );
  assert.deepEqual(shapes(mending)[0].points.slice(4, 6), [320, 310]);
  const done = nextEditor(mending, finish);
  assert.equal(done.history.done, 1);
  assert.deepEqual(openOffers(nextEditor(done, undo)).length, 2);
  const back = nextEditor(mending, { type: "escape" });
  assert.deepEqual([shapes(back), back.selection.offer], [[], fibulaOffer.key]);
});

test("proposals: what is drawn lies over what is proposed, a hidden proposal is not there", () => {
  const drawn = run(begin([fibulaOffer]), [...square(200, 200, 100), tool("select")]);
  assert.equal(run(drawn, click(300, 250)).selection.offer, null);
  const hidden = nextEditor(begin([fibulaOffer]), hideFibula);
  assert.equal(run(hidden, click(300, 250)).selection.offer, null);
  assert.equal(fibulaOffer.image, AP);
});
