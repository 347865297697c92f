import assert from "node:assert/strict";
import test from "node:test";
import { type AnnotationContent, emptyAnnotation } from "@malleolus/schema";
import fc from "fast-check";
import { mergeContents, resolveConflict } from "./merge-contents.ts";
import { newShape, type Shape } from "./shape.ts";

const AP = "a".repeat(32);
const SAVED = "2026-01-01T00:00:00.000Z";

function shape(id: string, size = 10): Shape {
  const points = [0, 0, size, 0, size, size];
  return newShape({ id, image: AP, structure: "fibula", order: 1, points });
}

function content(...shapes: Shape[]): AnnotationContent {
  return { ...emptyAnnotation, shapes };
}

const ids = ({ shapes }: AnnotationContent) => shapes.map(({ id }) => id).toSorted();

test("merge: shapes that only one side has drawn, changed or deleted go together without a word", () => {
  const base = content(shape("kept"), shape("mine"), shape("theirs"), shape("gone"));
  const here = content(
    shape("kept"),
    shape("mine", 20),
    shape("theirs"),
    shape("gone"),
    shape("new"),
  );
  const there = content(shape("kept"), shape("mine"), shape("theirs", 30), shape("other"));
  const { content: merged, conflicts } = mergeContents(base, here, there, SAVED);
  assert.deepEqual(conflicts, []);
  assert.deepEqual(ids(merged), ["kept", "mine", "new", "other", "theirs"]);
  const sizes = new Map(merged.shapes.map(({ id, points }) => [id, points[2]]));
  assert.deepEqual([sizes.get("mine"), sizes.get("theirs")], [20, 30]);
});

test("merge: the same shape changed on both sides is somebody's to choose, and nothing is lost", () => {
  const here = content(shape("one", 20));
  const there = content(shape("one", 30));
  const { content: merged, conflicts } = mergeContents(content(shape("one")), here, there, SAVED);
  const [conflict] = conflicts;
  assert.deepEqual(
    [conflict.id, conflict.here?.points[2], conflict.there?.points[2]],
    ["one", 20, 30],
  );
  assert.deepEqual(
    merged.setAside.map(({ shape: aside, at }) => [aside.points[2], at]),
    [[30, SAVED]],
    "kept aside before anybody has chosen",
  );
  const made = { id: "two", at: SAVED };
  const mine = resolveConflict(merged, conflict, "this", made);
  assert.deepEqual([mine.shapes[0].points[2], mine.setAside[0].shape.points[2]], [20, 30]);
  const other = resolveConflict(merged, conflict, "other", made);
  assert.deepEqual([other.shapes[0].points[2], other.setAside[0].shape.points[2]], [30, 20]);
  const both = resolveConflict(merged, conflict, "both", made);
  assert.deepEqual([ids(both), both.setAside], [["one", "two"], []]);
});

test("merge: one that is changed here and deleted there is a conflict, and so is the other way round", () => {
  const [was, is] = [content(shape("one")), content(shape("one", 20))];
  assert.equal(mergeContents(was, is, content(), SAVED).conflicts[0].there, null);
  const deleted = mergeContents(was, content(), is, SAVED);
  assert.equal(deleted.conflicts[0].here, null);
  const made = { id: "two", at: "" };
  const back = resolveConflict(deleted.content, deleted.conflicts[0], "both", made);
  assert.deepEqual(ids(back), ["one"]);
});

test("merge: time of both sides counts from where they parted", () => {
  const at = (seconds: number) => ({ ...emptyAnnotation, seconds: { [AP]: seconds } });
  assert.deepEqual(mergeContents(at(60), at(90), at(75), SAVED).content.seconds, { [AP]: 105 });
});

test("merge: whatever was drawn on either side is in the merged content or among the conflicts", () => {
  const shapes = fc
    .array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.integer({ min: 1, max: 3 })))
    .map((all) => content(...new Map(all.map(([id, size]) => [id, shape(id, size)])).values()));
  fc.assert(
    fc.property(shapes, shapes, shapes, (base, here, there) => {
      const { content: merged, conflicts } = mergeContents(base, here, there, SAVED);
      const kept = new Set([
        ...merged.shapes.map((one) => JSON.stringify(one)),
        ...conflicts.flatMap((one) => [JSON.stringify(one.here), JSON.stringify(one.there)]),
      ]);
      for (const [side, other] of [
        [here, there],
        [there, here],
      ]) {
        for (const one of side.shapes) {
          const text = JSON.stringify(one);
          const isNew = !base.shapes.some((was) => JSON.stringify(was) === text);
          if (isNew) assert.ok(kept.has(text), text);
          // What neither has touched stays; what the other has deleted goes.
          else if (other.shapes.some(({ id }) => id === one.id)) {
            assert.ok(merged.shapes.some(({ id }) => id === one.id));
          }
        }
      }
    }),
  );
});
