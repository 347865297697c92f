import assert from "node:assert/strict";
import { test } from "node:test";
import { studyWithPeople } from "../test-people.ts";
import { recordDisplayCheck } from "./display-check.ts";

test("recordDisplayCheck: which patch was seen, and on what screen", async (context) => {
  const study = await studyWithPeople(context);
  const screen = { screenWidth: 1920, screenHeight: 1080, pixelRatio: 1.5 };
  const { at } = await recordDisplayCheck(study, "observer-1", {
    ...screen,
    darkSeen: true,
    brightSeen: false,
  });
  await recordDisplayCheck(study, "observer-2", { ...screen, darkSeen: false, brightSeen: true });
  const rows = await study.database.selectFrom("display_checks").selectAll().execute();
  assert.deepEqual(
    rows.map(({ person, dark_seen, bright_seen, screen: on }) => [
      person,
      dark_seen,
      bright_seen,
      on,
    ]),
    [
      ["observer-1", 1, 0, "1920 x 1080 at 1.5"],
      ["observer-2", 0, 1, "1920 x 1080 at 1.5"],
    ],
  );
  assert.equal(rows[0].at, at);
});
