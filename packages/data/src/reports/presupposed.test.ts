/** What a "no" leaves as it is, and what it does not; a fracture must never be lost to it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ankleScreeningRules } from "./ankle-rules.ts";
import { createReportScreener } from "./screen-report.ts";

const screener = createReportScreener(ankleScreeningRules);
const cases: readonly (readonly [report: string, predicted: string])[] = [
  ["No loss of height of the Weber B fracture.", "candidate fracture"],
  ["No callus around the fibular fracture, no subsidence.", "candidate fracture"],
  ["No loosening of the screws.", "excluded by keyword"],
  ["No angulation of fibular fracture.", "candidate fracture"],
  ["No evidence of the suspected fracture.", "candidate no fracture"],
  ["No lucency in the lateral malleolus to suggest fracture.", "candidate no fracture"],
  ["No angulation or fracture.", "candidate no fracture"],
  ["No swelling of the ankle or a fracture of the fibula.", "candidate no fracture"],
  ["Geen hoogteverlies van de fibulafractuur.", "candidate fracture"],
  ["Geen loslating van de schroeven.", "excluded by keyword"],
  ["Geen dislocatie van Weber B fractuur.", "candidate fracture"],
  ["Geen teken van de vermoede fractuur.", "candidate no fracture"],
  ["Geen dislocatie of fractuur.", "candidate no fracture"],
];

for (const [report, predicted] of cases) {
  test(`a denial of something else: ${report}`, () => {
    const decision = screener.screen(report);
    assert.equal(decision.state, predicted, JSON.stringify(decision, null, 1));
  });
}
