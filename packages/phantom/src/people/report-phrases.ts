/**
 * The phrases of radiologists, in our own words (PHANTOM.md 4): a sentence is one of several phrasings.
 * `{side}`, `{weber}`, `{mm}` and `{age}` are filled in.
 */
import type { TibialFracture } from "../patient/patient.ts";

export type Language = "en" | "nl";

export interface Phrases {
  readonly sides: Readonly<Record<"left" | "right", readonly string[]>>;
  readonly headings: readonly (readonly [
    indication: string,
    views: string,
    findings: string,
    impression: string,
  ])[];
  readonly indication: readonly string[];
  readonly viewsThree: readonly string[];
  readonly viewsTwo: readonly string[];
  readonly fracture: Readonly<Record<"A" | "B" | "C", readonly string[]>>;
  readonly undisplaced: readonly string[];
  readonly displaced: readonly string[];
  readonly negative: readonly string[];
  readonly negativeImpression: readonly string[];
  readonly positiveImpression: readonly string[];
  readonly uncertain: readonly string[];
  readonly swelling: readonly string[];
  readonly mortise: readonly string[];
  readonly talarShift: readonly string[];
  readonly ossicle: readonly string[];
  readonly oldInjury: readonly string[];
  readonly hardware: readonly string[];
  readonly cast: readonly string[];
  readonly callus: readonly string[];
  readonly tibia: Readonly<Record<TibialFracture, readonly string[]>>;
  readonly openPhyses: readonly string[];
  readonly poorQuality: readonly string[];
  readonly wrongView: readonly string[];
}

const english: Phrases = {
  sides: { left: ["left", "L", "lt"], right: ["right", "R", "rt"] },
  headings: [
    ["Indication: ", "Technique: ", "Findings: ", "Impression: "],
    ["HISTORY: ", "VIEWS: ", "FINDINGS: ", "CONCLUSION: "],
    ["Clinical details: ", "", "Report: ", "Opinion: "],
    ["", "", "", ""],
  ],
  indication: [
    "Inversion injury {side} ankle, r/o fx.",
    "Fall, lateral pain and STS {side}. Fracture?",
    "{age} y, twisted {side} ankle, unable to bear weight.",
    "Trauma {side} ankle, ?#.",
    "Pain over LM after sports, Ottawa positive.",
  ],
  viewsThree: ["AP, mortise and lateral {side} ankle.", "Three views of the {side} ankle."],
  viewsTwo: ["AP and lateral {side} ankle.", "Two views of the {side} ankle."],
  fracture: {
    A: [
      "Transverse fracture of the tip of the lateral malleolus below the level of the plafond, Weber A.",
      "Small avulsion fracture of the distal fibula, infrasyndesmotic.",
      "Weber A fracture of the lateral malleolus.",
      "# lateral malleolus below the syndesmosis.",
    ],
    B: [
      "Oblique distal fibular fracture at the level of the syndesmosis, Weber B.",
      "Spiral fracture of the lateral malleolus (Weber B).",
      "Trans-syndesmotic fracture of the distal fibula.",
      "There is a fx of the distal fibula extending from the joint line posteriorly upward, Weber type B.",
    ],
    C: [
      "Fracture of the fibular shaft above the syndesmosis, Weber C.",
      "Suprasyndesmotic fibular fracture.",
      "High fibular fracture (Weber C); syndesmotic injury to be considered.",
      "# of the distal third of the fibula, Weber C.",
    ],
  },
  undisplaced: [
    "No displacement.",
    "Nondisplaced.",
    "Alignment is maintained.",
    "No significant displacement.",
  ],
  displaced: [
    "{mm} mm lateral shift.",
    "Displacement of about {mm} mm.",
    "Mild displacement, {mm} mm.",
  ],
  negative: [
    "No fracture seen.",
    "No acute osseous abnormality.",
    "There is no evidence of fracture or dislocation.",
    "No fracture of the lateral malleolus, medial malleolus or talus.",
    "Negative for fracture.",
    "Bones are intact without fracture.",
    "A fracture is not identified.",
  ],
  negativeImpression: [
    "No fracture.",
    "No acute bony injury.",
    "Soft tissue injury only.",
    "Fracture ruled out.",
    "Normal.",
  ],
  positiveImpression: [
    "Weber {weber} fracture {side} ankle.",
    "Distal fibular fracture {side}, Weber {weber}.",
    "Fracture lateral malleolus {side}. Ortho consult.",
    "As above.",
  ],
  uncertain: [
    "Faint lucency in the distal fibula, nondisplaced fracture cannot be excluded.",
    "Possible hairline fracture of the lateral malleolus; repeat in 10 days or CT.",
    "Subtle line at the distal fibula, suspicious for fracture.",
    "Fracture not ruled out.",
    "Equivocal cortical irregularity, probably no fracture.",
  ],
  swelling: [
    "Soft tissue swelling laterally.",
    "STS over the lateral malleolus.",
    "Lateral soft tissue swelling is noted.",
  ],
  mortise: ["Mortise preserved.", "Ankle mortise is congruent.", "No talar shift.", "MCS normal."],
  talarShift: [
    "Lateral talar shift.",
    "Widened medial clear space.",
    "MCS widened, mortise unstable.",
  ],
  ossicle: [
    "Corticated ossicle below the lateral malleolus, os subfibulare or old avulsion.",
    "Os subfibulare, not acute.",
  ],
  oldInjury: [
    "Old healed fracture of the tibia.",
    "History of ankle sprain, prior films not available.",
    "Comparison: none. Old avulsion at the medial malleolus.",
  ],
  hardware: [
    "S/p ORIF distal fibula, plate and screws in place, no loosening.",
    "Hardware in situ, position unchanged.",
  ],
  cast: ["In plaster. Cast obscures bony detail.", "Position check in cast, alignment unchanged."],
  callus: [
    "Healing fracture with callus formation.",
    "Progressive consolidation of the known distal fibular fracture.",
  ],
  tibia: {
    "medial malleolus": [
      "Associated fracture of the medial malleolus.",
      "Bimalleolar fracture.",
      "Transverse fracture of the MM as well.",
    ],
    "posterior malleolus": [
      "Fracture of the posterior malleolus.",
      "Posterior malleolar fracture involving the plafond.",
    ],
    shaft: [
      "Oblique fracture of the distal tibial shaft.",
      "Fracture of the distal tibial diaphysis.",
    ],
  },
  openPhyses: [
    "Open physes, Salter-Harris I injury possible.",
    "Growth plates are open; no widening.",
  ],
  poorQuality: ["Limited by motion.", "Suboptimal exposure, repeat advised."],
  wrongView: ["Nonstandard positioning, oblique rather than mortise.", "Rotated views."],
};

const dutch: Phrases = {
  sides: { left: ["links", "li", "L"], right: ["rechts", "re", "R"] },
  headings: [
    ["Klinische gegevens: ", "Onderzoek: ", "Verslag: ", "Conclusie: "],
    ["VG/KG: ", "", "Verslag: ", "Concl.: "],
    ["Vraagstelling: ", "", "", "Conclusie: "],
    ["", "", "", ""],
  ],
  indication: [
    "Inversietrauma enkel {side}. Fractuur?",
    "Gevallen, drukpijn laterale malleolus {side}, gb belasten. Fractuur?",
    "Distorsie enkel {side}, {age} jaar. Ossaal letsel?",
    "Trauma {side} enkel, Ottawa pos.",
    "Zwelling en pijn t.h.v. LM {side}.",
  ],
  viewsThree: ["Enkel {side}, AP, vork en lateraal.", "X-enkel {side} in 3 richtingen."],
  viewsTwo: ["Enkel {side}, voorachterwaarts en dwars.", "X-enkel {side} in 2 richtingen."],
  fracture: {
    A: [
      "Fractuur van de punt van de laterale malleolus, Weber A.",
      "Klein avulsiefragment distale fibula, onder het niveau van de syndesmose.",
      "Dwarse fractuur laterale malleolus, Weber A.",
    ],
    B: [
      "Schuine fractuur distale fibula ter hoogte van de syndesmose, Weber B.",
      "Spiraalfractuur laterale malleolus, Weber B.",
      "Weber B fractuur van de fibula.",
    ],
    C: [
      "Fractuur fibula boven de syndesmose, Weber C.",
      "Hoge fibulafractuur, Weber C.",
      "Suprasyndesmotische fractuur van de fibulaschacht.",
    ],
  },
  undisplaced: [
    "Geen dislocatie.",
    "Goede stand.",
    "Zonder verplaatsing.",
    "Nauwelijks dislocatie.",
  ],
  displaced: ["Dislocatie van {mm} mm naar lateraal.", "Geringe dislocatie, {mm} mm."],
  negative: [
    "Geen fractuur.",
    "Geen aanwijzingen voor fractuur.",
    "Geen ossaal letsel.",
    "Er is geen sprake van een fractuur of luxatie.",
    "Fractuur niet gezien.",
    "Geen tekenen van fractuur van fibula of tibia.",
    "Intacte ossale structuren, zonder fractuur.",
  ],
  negativeImpression: [
    "Geen fractuur.",
    "Geen ossale afwijkingen.",
    "Geen traumatisch ossaal letsel.",
    "Fractuur is uitgesloten.",
  ],
  positiveImpression: [
    "Weber {weber} fractuur {side}.",
    "Fractuur distale fibula {side}, Weber {weber}.",
    "Laterale malleolusfractuur {side}.",
    "Zie boven.",
  ],
  uncertain: [
    "Fissuur distale fibula niet uit te sluiten, controle over 1 week.",
    "Verdenking op fractuur van de laterale malleolus zonder dislocatie.",
    "Mogelijk fissuur in de fibulapunt. Evt CT.",
    "Onduidelijke lijn, cave fractuur.",
    "DD fissuur, wel of niet recent; twijfel.",
  ],
  swelling: [
    "Weke delen zwelling lateraal.",
    "Zwelling van de weke delen t.h.v. de laterale malleolus.",
    "Forse wekedelenzwelling.",
  ],
  mortise: [
    "Vork congruent.",
    "Enkelvork intact.",
    "BSG congruent.",
    "Geen verwijding van de vork.",
  ],
  talarShift: [
    "Talus naar lateraal verplaatst.",
    "Verbrede mediale gewrichtsspleet.",
    "Vork verbreed.",
  ],
  ossicle: [
    "Os subfibulare, dd oud avulsiefragment.",
    "Glad begrensd botje onder de fibulapunt, niet recent.",
  ],
  oldInjury: [
    "Status na tibiafractuur in het verleden.",
    "Oude fractuur mediale malleolus.",
    "VG: eerdere distorsie.",
  ],
  hardware: ["Status na ORIF, plaat en schroeven in situ.", "OSM in situ, geen loslating."],
  cast: ["In gips. Beoordeling beperkt door gips.", "Controle in gips, ongewijzigde stand."],
  callus: [
    "Callusvorming rond de bekende fibulafractuur.",
    "Toenemende consolidatie van de fractuur.",
  ],
  tibia: {
    "medial malleolus": [
      "Tevens fractuur van de mediale malleolus.",
      "Bimalleolaire fractuur.",
      "Ook fractuur MM.",
    ],
    "posterior malleolus": [
      "Fractuur van de achterste malleolus.",
      "Fractuur van het tertius fragment.",
    ],
    shaft: ["Schuine fractuur van de distale tibiaschacht.", "Fractuur distale tibia."],
  },
  openPhyses: [
    "Open groeischijven, SH-I niet uitgesloten.",
    "Open groeischijf distale fibula, geen verbreding.",
  ],
  poorQuality: ["Beoordeling beperkt door beweging.", "Matige kwaliteit, graag herhalen."],
  wrongView: ["Afwijkende opnamerichting.", "Gedraaide opname, geen goede vorkopname."],
};

export const PHRASES: Readonly<Record<Language, Phrases>> = { en: english, nl: dutch };
