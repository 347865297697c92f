/** A model's findings in the reading room, and marking one as wrong: once, with its radiographs, and never of a test. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { type Prelabel, wrongFindingCaseSchema, wrongFindingsSchema } from "@malleolus/schema";
import { assignCases, storeProposals } from "@malleolus/studies";
import { imageId } from "@malleolus/studies/test-people";
import { addDrawableCases, setUp, testRoom } from "./test-room.ts";

const CASES = ["one", "two", "three", "four"];

function prelabelOf(id: string): Prelabel {
  const polygons = [[10, 20, 40, 20, 40, 60]];
  return {
    image: imageId(id, "ap"),
    model: { sha256: "c0".repeat(32), name: "model", version: "1" },
    isLowerLeg: true,
    shapes: [{ structure: "fracture", polygons, line: null, score: null }],
    probabilities: null,
    flippedProbabilities: null,
    segmentation: null,
    view: null,
    side: null,
  };
}

async function room(context: TestContext) {
  const given = await testRoom(context);
  const { study } = given;
  await addDrawableCases(study, CASES);
  await storeProposals(study, CASES.map(prelabelOf), "test");
  // One class, of which one patient is in the test.
  const classes = study.protocol.classes.filter(({ id }) => id === "weber_b");
  Object.assign(study.protocol, { classes });
  Object.assign(study.protocol.splits, {
    preliminary: { fracture: 0, noFracture: 0 },
    training: { fracture: 1, noFracture: 0 },
    tuningShare: 0,
    internalTestPatientsPerClass: 1,
    internalTestReservePerClass: 0,
    externalTestPatients: 0,
  });
  await assignCases(study, { who: "test" });
  return { ...given, administrator: await setUp(given) };
}

test("wrong findings: a finding is looked at and marked once, and its case goes to the annotators", async (context) => {
  const { administrator, study } = await room(context);
  const list = async () =>
    wrongFindingsSchema.parse((await administrator.get("/api/wrong-findings")).json());
  const { cases, rounds } = await list();
  assert.equal(cases.length, 3, "the one of the test is not among them");
  assert.deepEqual(rounds, []);
  const [{ id }] = cases;
  const open = async () =>
    wrongFindingCaseSchema.parse((await administrator.get(`/api/wrong-findings/${id}`)).json());
  const shown = await open();
  assert.deepEqual([shown.class, shown.place, shown.of, shown.previous], ["weber_b", 1, 3, null]);
  const [finding] = shown.findings;
  assert.deepEqual(
    [finding.class, finding.score, finding.box, finding.marked],
    ["fracture", null, [10, 20, 40, 60], null],
  );
  assert.equal(shown.images[0].id, finding.image, "the AP view hangs first");
  const picture = `/api/wrong-findings/${id}/images/${finding.image}/half`;
  assert.equal((await administrator.get(picture)).statusCode, 200);

  const body = {
    requestId: randomUUID(),
    image: finding.image,
    structure: "fracture",
    wrong: "nothing there",
    note: "A vessel.",
    round: "First look",
  };
  const mark = (more: object = {}) =>
    administrator.send("POST", `/api/wrong-findings/${id}`, { ...body, ...more });
  // The room's cases had been given to the annotators before.
  assert.deepEqual((await mark()).json(), { given: "to be drawn already" });
  assert.deepEqual((await mark()).json(), { given: "to be drawn already" }, "tried again");
  const again = await mark({ requestId: randomUUID() });
  assert.deepEqual([again.statusCode, again.json().code], [400, "invalid"]);
  assert.deepEqual((await open()).findings[0].marked, {
    wrong: "nothing there",
    round: "First look",
  });
  assert.deepEqual((await list()).rounds, [{ name: "First look", cases: 1, done: 0 }]);
  const unknown = await mark({ requestId: randomUUID(), image: "0".repeat(32) });
  assert.equal(unknown.statusCode, 404);

  const { case_id: tested } = await study.database
    .selectFrom("test_patients")
    .select("case_id")
    .executeTakeFirstOrThrow();
  assert.equal((await administrator.get(`/api/wrong-findings/${tested}`)).statusCode, 404);
  assert.equal(
    (await administrator.get(`/api/wrong-findings/${tested}/images/${finding.image}/half`))
      .statusCode,
    404,
  );
});
