import assert from "node:assert/strict";
import test from "node:test";
import { firstSettings, isCheckedToday, readSettings } from "./settings.ts";

test("settings: what was kept comes back, what cannot be read does no harm", () => {
  const kept = { ...firstSettings, theme: "light", singleKeys: false, keys: { v: "i" } } as const;
  assert.deepEqual(readSettings(JSON.stringify(kept)), kept);
  assert.deepEqual(readSettings('{"theme":"light"}'), { ...firstSettings, theme: "light" });
  for (const text of [null, "", "{", '{"theme":"pink"}', "[]"]) {
    assert.deepEqual(readSettings(text), firstSettings, String(text));
  }
});

test("settings: a display is checked for its day", () => {
  const noon = new Date(2026, 4, 3, 12).getTime();
  const checked = { ...firstSettings, displayCheckedAt: new Date(2026, 4, 3, 0, 5).getTime() };
  assert.equal(isCheckedToday(checked, noon), true);
  assert.equal(isCheckedToday(checked, noon + 13 * 3_600_000), false);
  assert.equal(isCheckedToday(firstSettings, noon), false);
});
