import assert from "node:assert/strict";
import { test } from "node:test";
import { ankleScreeningRules } from "./ankle-rules.ts";
import { createReportScreener, NOT_STATED } from "./screen-report.ts";

const screener = createReportScreener(ankleScreeningRules);

const FRACTURE = "candidate fracture";
const NONE = "candidate no fracture";
const POSSIBLE = "candidate fracture, uncertain";

/** A report, and the state, or the deciding exclusion code, in which it must end. */
type Case = readonly [report: string, expected: string];

const english: readonly Case[] = [
  // The two that the project's brief names.
  ["No fracture of the fibula, old tibial fracture.", "old-fracture"],
  ["No acute osseous abnormality.", NONE],

  ["Oblique fracture of the distal fibula at the level of the syndesmosis, Weber B.", FRACTURE],
  ["Weber C fracture. No medial clear space widening.", FRACTURE],
  ["Nondisplaced Weber A avulsion of the tip of the lateral malleolus.", FRACTURE],
  [
    "There is a spiral fracture of the lateral malleolus without significant displacement.",
    FRACTURE,
  ],
  ["Fracture of the distal fibula, 2 mm lateral shift. No other fracture.", FRACTURE],
  ["Displaced fx distal fibula.", FRACTURE],
  ["# lateral malleolus. Soft tissue swelling.", FRACTURE],
  ["No dislocation. Transverse fracture of the lateral malleolus below the plafond.", FRACTURE],
  ["Fracture of the fibula at the level of the tibial plafond.", FRACTURE],
  ["Fibular fracture without medial malleolar fracture.", FRACTURE],
  ["Weber B fracture, medial malleolus intact.", FRACTURE],
  ["No tibial fracture, but there is a fracture of the lateral malleolus.", FRACTURE],
  ["Fracture of the fibula; the tibia is not involved.", FRACTURE],
  ["No swelling, oblique fracture of the distal fibula.", FRACTURE],
  ["No prior radiographs available. Spiral fracture of the distal fibula.", FRACTURE],
  ["Undisplaced fracture of the lateral\nmalleolus, best seen on the lateral view.", FRACTURE],
  ["Clinical information: fall, fracture?\nFindings: Weber A fracture.", FRACTURE],
  ["History: old fracture of the wrist. Findings: acute fracture of the distal fibula.", FRACTURE],
  ["Fracture line not displaced, distal fibula.", FRACTURE],
  ["Acute fracture of the fibula, no old fracture.", FRACTURE],

  ["No fracture.", NONE],
  ["No fracture seen; mortise preserved; swelling only.", NONE],
  ["No evidence of fracture or dislocation.", NONE],
  ["No fracture, dislocation or joint effusion.", NONE],
  ["No joint effusion, fracture or dislocation.", NONE],
  ["No dislocation, fracture.", NONE],
  ["Fracture is not seen.", NONE],
  ["A fracture of the lateral malleolus is not identified.", NONE],
  ["A fracture has been excluded.", NONE],
  ["Negative for fracture.", NONE],
  ["Fracture: none.", NONE],
  ["There is no radiographic evidence of an acute fracture.", NONE],
  ["Soft tissue swelling without fracture.", NONE],
  ["No bony injury. Swelling over the lateral malleolus.", NONE],
  ["Normal radiographs of the ankle.", NONE],
  ["The bones are intact.", NONE],
  ["No old or recent fracture.", NONE],
  ["No displaced fracture.", NONE],
  ["Indication: fracture? Findings: no fracture of the fibula or tibia.", NONE],
  ["Clinical question: r/o fracture. Report: no fracture. Refer to fracture clinic.", NONE],
  ["Fracture unlikely.", NONE],
  ["No suspicious lucency. No fracture. No cast.", NONE],

  ["Faint lucency of the distal fibula, nondisplaced fracture possible; repeat or CT.", POSSIBLE],
  ["Fracture of the distal fibula with possible syndesmotic injury.", FRACTURE],
  ["Possible fracture of the lateral malleolus.", POSSIBLE],
  ["A hairline fracture of the fibula cannot be excluded.", POSSIBLE],
  ["Fracture of the fibula is not excluded.", POSSIBLE],
  ["Findings suspicious for a fracture of the lateral malleolus.", POSSIBLE],
  ["No definite fracture. An occult fracture cannot be ruled out.", POSSIBLE],

  ["?undisplaced fracture of the lateral malleolus. Repeat in ten days.", POSSIBLE],
  ["Lateral pain, fracture? No fracture.", NONE],
  ["Minimally displaced frature of the lateral maleolus.", FRACTURE],
  ["Oblique farcture of the medial maleolus.", "tibia-involved"],

  ["Fracture of the medial malleolus.", "tibia-involved"],
  ["Bimalleolar fracture.", "tibia-involved"],
  ["Trimalleolar ankle fracture with displacement.", "tibia-involved"],
  ["Weber B fracture and fracture of the posterior malleolus.", "tibia-involved"],
  ["Fracture of the lateral and medial malleolus.", "tibia-involved"],
  ["Fracture of the base of the fifth metatarsal. No ankle fracture.", "other-fracture"],
  ["Avulsion of the talus.", "other-fracture"],
  ["Fracture of the talus and possible fibular fracture.", "other-fracture"],
  ["Healed fracture of the distal fibula.", "old-fracture"],
  ["Old fracture of the distal fibula. No acute fracture.", "old-fracture"],
  ["Fracture of the fibula, years ago.", "old-fracture"],
  ["Known Weber B fracture.", "old-fracture"],
  ["Fracture of the fibula with abundant callus.", "callus"],
  ["Weber B fracture in a backslab.", "cast"],
  ["Status post ORIF of the fibula.", "hardware"],
  ["Plate and screws in place. No fracture.", "hardware"],
  ["Open physes, possible Salter-Harris I.", "open-physes"],
  ["No fracture. The growth plates are still open.", "open-physes"],
  ["No fracture. Growth plates closed.", NONE],
  ["Radiographs of poor quality, no fracture seen.", "poor-quality"],
  ["Mortise view not obtained. No fracture.", "view-insufficient"],

  ["Soft tissue swelling over the lateral malleolus. Preserved mortise.", NOT_STATED],
  ["Clinical question: fracture?", NOT_STATED],
  ["", NOT_STATED],
];

const dutch: readonly Case[] = [
  ["Geen aanwijzingen voor fractuur.", NONE],
  ["Status na ORIF.", "hardware"],
  ["Geen fractuur van de fibula, oude tibiafractuur.", "old-fracture"],

  ["Schuine fractuur distale fibula, Weber B; geringe dislocatie; vork congruent.", FRACTURE],
  ["Weber A fractuur zonder dislocatie.", FRACTURE],
  ["Fibulafractuur t.h.v. de syndesmose. Geen verbreding van de vork.", FRACTURE],
  ["Er is een spiraalfractuur van de laterale malleolus.", FRACTURE],
  ["Dwarse breuk van de buitenenkel.", FRACTURE],
  ["Klinische gegevens: val, fractuur?\nVerslag: Weber C fractuur.", FRACTURE],
  ["VG: oude polsfractuur. Verslag: fractuur laterale malleolus.", FRACTURE],
  ["Geen luxatie. Avulsiefractuur van de punt van de fibula.", FRACTURE],
  ["Geen fractuur van de tibia, wel een fractuur van de distale fibula.", FRACTURE],
  ["Fractuur laterale malleolus, mediale malleolus intact.", FRACTURE],
  ["Fractuur fibula zonder betrokkenheid van de tibia.", FRACTURE],
  ["Niet gedisloceerde fractuur van de laterale malleolus.", FRACTURE],
  ["Fractuur distale fibula op niveau van het tibiaplafond.", FRACTURE],
  ["# distale fibula re.", FRACTURE],
  ["Geen oud onderzoek ter vergelijking. Fractuur distale fibula.", FRACTURE],

  ["Geen fractuur.", NONE],
  ["Geen fractuur; geen ossaal letsel; weke delen zwelling lateraal.", NONE],
  ["Geen ossaal letsel.", NONE],
  ["Er is geen sprake van een fractuur.", NONE],
  ["Een fractuur wordt niet gezien.", NONE],
  ["Fractuur is uitgesloten.", NONE],
  ["Geen zwelling, fractuur of luxatie.", NONE],
  ["Geen fractuur, luxatie of hydrops.", NONE],
  ["Weke delen zwelling, geen fractuur.", NONE],
  ["Vraagstelling: fractuur? Verslag: geen fractuur.", NONE],
  ["Geen acute fractuur. Vork congruent.", NONE],
  ["Geen afwijkingen.", NONE],
  ["Ossale structuren intact.", NONE],
  ["Fractuur: geen.", NONE],
  ["Zwelling t.h.v. de laterale malleolus zonder fractuur.", NONE],
  ["Geen skeletletsel i.v.m. trauma.", NONE],

  ["Fissuur niet uit te sluiten.", POSSIBLE],
  ["Verdenking op fractuur van de laterale malleolus; controle over 1 week.", POSSIBLE],
  ["Een fractuur van de fibula kan niet worden uitgesloten.", POSSIBLE],
  ["Mogelijke fissuur distale fibula.", POSSIBLE],
  ["Evt. fissuur van de laterale malleolus.", POSSIBLE],
  ["Geen evidente fractuur. Fissuur distale fibula niet uitgesloten.", POSSIBLE],

  ["Oude fractuur, geen recente fractuur.", "old-fracture"],
  ["Geen distale fibulafractur, wel bandletsel.", NONE],
  ["Weber B fractuut. Tekenen van bandletsel ontbreken.", FRACTURE],
  ["Status na fractuur van de fibula.", "old-fracture"],
  ["Oud avulsiefragment. Geen fractuur.", "old-fracture"],
  ["OSM in situ.", "hardware"],
  ["Plaat en schroeven in situ, geen fractuur.", "hardware"],
  ["Open groeischijf, SH-I niet uitgesloten.", "open-physes"],
  ["Fractuur mediale malleolus.", "tibia-involved"],
  ["Bimalleolaire enkelfractuur.", "tibia-involved"],
  ["Fractuur van de mediale en laterale malleolus.", "tibia-involved"],
  ["Weber B fractuur met tertiusfragment.", "tibia-involved"],
  ["Fractuur basis MT5. Geen enkelfractuur.", "other-fracture"],
  ["Fractuur fibula met callusvorming.", "callus"],
  ["Fractuur fibula in gips.", "cast"],
  ["Matig beoordeelbaar, geen fractuur.", "poor-quality"],

  ["Weke delen zwelling lateraal. Vork congruent.", NOT_STATED],
];

for (const [language, cases] of Object.entries({ en: english, nl: dutch })) {
  for (const [report, expected] of cases) {
    test(`screening (${language}): ${report.replaceAll("\n", " / ")}`, () => {
      const decision = screener.screen(report);
      const { state, codes, uncertain } = decision;
      const predicted = codes[0] ?? `${state}${uncertain ? ", uncertain" : ""}`;
      assert.equal(predicted, expected, JSON.stringify(decision, null, 1));
      assert.equal(state === "excluded by keyword", codes.length > 0);
      if (report !== "" && expected !== NOT_STATED) assert.equal(decision.language, language);
    });
  }
}
