import assert from "node:assert/strict";
import { test } from "node:test";
import { addCases, studyWithPeople } from "../test-people.ts";
import { type CasesQuestion, listCases } from "./list-cases.ts";

test("listCases: by state, hospital, class, doubt and beginnings of names, page by page", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [
    { id: "broken", state: "adjudicated", class: "weber_c", ambiguous: 1 },
    { id: "whole", state: "agreed", class: "no_fracture", ambiguous: 0, views: ["ap"] },
    { id: "abroad", hospital: "b", state: "agreed", class: "weber_a", ambiguous: 0 },
    { id: "waits", state: "read" },
    { id: "new", state: "imported" },
  ]);
  const ids = async (question: CasesQuestion) =>
    (await listCases(study, question)).map(({ id }) => id);
  assert.deepEqual(await ids({}), ["abroad", "broken", "new", "waits", "whole"]);
  assert.deepEqual(await ids({ limit: 2, after: "broken" }), ["new", "waits"]);
  assert.deepEqual(await ids({ hospital: "b" }), ["abroad"]);
  assert.deepEqual(await ids({ state: "agreed" }), ["abroad", "whole"]);
  assert.deepEqual(await ids({ state: "agreed", hospital: "a" }), ["whole"]);
  assert.deepEqual(await ids({ class: "weber_c", ambiguous: true }), ["broken"]);
  assert.deepEqual(await ids({ ambiguous: false }), ["abroad", "whole"]);
  assert.deepEqual(await ids({ search: "patient of w" }), ["waits", "whole"]);
  assert.deepEqual(await ids({ search: "wh" }), ["whole"]);
  assert.deepEqual(await listCases(study, { search: "whole" }), [
    {
      id: "whole",
      patient: "patient of whole",
      hospital: "a",
      studyDate: null,
      state: "agreed",
      class: "no_fracture",
      exclusion: null,
      ambiguous: false,
      annotatedAt: null,
      images: 1,
    },
  ]);
});
