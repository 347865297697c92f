import assert from "node:assert/strict";
import test from "node:test";
import { isFitted } from "./camera.ts";
import { histogramOf } from "./histogram.ts";
import {
  beginViewer,
  nextViewer,
  type ViewerEvent,
  type ViewerState,
  zoomOverFit,
} from "./viewer.ts";

const image = { width: 2000, height: 3000, columnSpacingMm: 0.1, pixelAspect: 1 };
const viewport = { width: 400, height: 900 };
const histogram = histogramOf(Uint16Array.from({ length: 4000 }, (_, i) => i));

const fileWindow = { level: 2000, width: 3500, inverted: false };

function begin(linked: boolean): ViewerState {
  const state = beginViewer(
    [
      { id: "ap", image },
      { id: "lateral", image: { ...image, columnSpacingMm: 0.2 } },
    ],
    { linked, startWindow: null },
  );
  return run(state, [
    { type: "resize", view: "ap", viewport },
    { type: "resize", view: "lateral", viewport },
    { type: "pixels", view: "ap", histogram, fileWindow },
    { type: "pixels", view: "lateral", histogram, fileWindow },
  ]);
}
function run(state: ViewerState, events: readonly ViewerEvent[]): ViewerState {
  return events.reduce(nextViewer, state);
}

test("viewer: a case opens fitted, with the file's own window, the first view active", () => {
  const state = begin(false);
  assert.equal(state.active, "ap");
  for (const view of state.views) {
    assert.ok(isFitted(view.camera, view.image, view.viewport), view.id);
    assert.deepEqual(view.window, fileWindow, view.id);
  }
});

test("viewer: without a link only one view moves; with it all do, in millimetres", () => {
  const zoom: ViewerEvent = { type: "zoom", view: "ap", at: { x: 10, y: 10 }, factor: 3 };
  const alone = run(begin(false), [zoom]).views[1];
  assert.ok(isFitted(alone.camera, alone.image, alone.viewport));
  const [ap, lateral] = run(begin(true), [zoom]).views;
  assert.ok(Math.abs(lateral.camera.scale / 0.2 - ap.camera.scale / 0.1) < 1e-9);
});

test("viewer: what is pressed before a radiograph is there is done when it comes", () => {
  const empty = beginViewer([{ id: "ap", image }], { linked: true, startWindow: null });
  const pixels: ViewerEvent = { type: "pixels", view: "ap", histogram, fileWindow };
  const [bone] = run(begin(true), [{ type: "preset", name: "bone" }]).views;
  const [view] = run(empty, [{ type: "preset", name: "bone" }, { type: "invert" }, pixels]).views;
  assert.deepEqual(view.window, { ...bone.window, inverted: true });
  const [again] = run(empty, [{ type: "invert" }, pixels, pixels]).views;
  assert.deepEqual(again.window, { ...fileWindow, inverted: true }, "once");
});

test("viewer: a window that was changed on the preview stays when the full pixels come", () => {
  const dragged = run(begin(false), [{ type: "drag window", view: "ap", dx: -300, dy: 50 }]);
  const after = run(dragged, [{ type: "pixels", view: "ap", histogram, fileWindow }]);
  assert.deepEqual(after.views[0].window, dragged.views[0].window);
});

test("viewer: one key restores window, zoom and inversion of all views", () => {
  const changed = run(begin(true), [
    { type: "invert" },
    { type: "preset", name: "bone" },
    { type: "zoom", view: "lateral", at: { x: 50, y: 60 }, factor: 5 },
    { type: "drag window", view: "lateral", dx: 100, dy: 100 },
  ]);
  assert.ok(changed.views.every(({ window }) => window?.inverted));
  assert.ok(zoomOverFit(changed.views[1]) > 4.9);
  assert.deepEqual(run(changed, [{ type: "reset", which: "all" }]).views, begin(true).views);
  const one = run(changed, [{ type: "reset", which: "view" }]);
  assert.deepEqual(one.views[0], begin(true).views[0]);
  assert.deepEqual(one.views[1], changed.views[1]);
});

test("viewer: the arrows go from view to view and stop at the last", () => {
  const right: ViewerEvent = { type: "neighbour", step: 1 };
  assert.equal(run(begin(false), [right]).active, "lateral");
  assert.equal(run(begin(false), [right, right]).active, "lateral");
  assert.equal(run(begin(false), [right, { type: "neighbour", step: -1 }]).active, "ap");
});

test("viewer: a reader's own window is a share of the pixels and opens the next case", () => {
  const state = beginViewer([{ id: "ap", image }], {
    linked: false,
    startWindow: { black: 0.25, white: 0.75 },
  });
  const { window } = run(state, [{ type: "pixels", view: "ap", histogram, fileWindow }]).views[0];
  assert.ok(window !== null && Math.abs(window.width - 2000) < 3, `${window?.width}`);
});
