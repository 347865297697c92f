/**
 * Further labels of ankle fractures, for studies that ask for them: AO/OTA 44 (compendium of 2018), Lauge-Hansen
 * with its stages, the syndesmosis, Maisonneuve's fracture, and how many malleoli are broken. Which go together
 * follows from what they mean: 44A, B and C are Danis-Weber's A, B and C; supination-adduction breaks the fibula
 * below the syndesmosis, supination-external rotation at it, pronation-external rotation above it,
 * pronation-abduction at it or above; Maisonneuve's fracture is of the proximal fibula (44C3), with a syndesmosis
 * that is torn.
 *
 * None is asked for at first: a study of the lateral malleolus alone excludes most of what they tell apart.
 */
import type { Label } from "@malleolus/schema";

const ALONE = ["44a1", "44b1", "44c1", "44c2", "44c3"];
const MEDIAL = ["44a2", "44b2", "44c1", "44c2", "44c3"];
const POSTERIOR = ["44a3", "44b3", "44c1", "44c2", "44c3"];

export const ankleLabels: Label[] = [
  {
    id: "ao_ota_44",
    name: "AO/OTA 44",
    asked: false,
    values: [
      { id: "44a1", name: "44A1 fibula alone, below", classes: ["weber_a"] },
      { id: "44a2", name: "44A2 with medial malleolus", classes: ["weber_a"] },
      { id: "44a3", name: "44A3 with posteromedial fracture", classes: ["weber_a"] },
      { id: "44b1", name: "44B1 fibula alone, at", classes: ["weber_b"] },
      { id: "44b2", name: "44B2 with medial injury", classes: ["weber_b"] },
      { id: "44b3", name: "44B3 with medial injury and posterolateral rim", classes: ["weber_b"] },
      { id: "44c1", name: "44C1 shaft, simple", classes: ["weber_c"] },
      { id: "44c2", name: "44C2 shaft, wedge or several pieces", classes: ["weber_c"] },
      { id: "44c3", name: "44C3 proximal fibula", classes: ["weber_c"] },
    ],
  },
  {
    id: "lauge_hansen",
    name: "Lauge-Hansen",
    asked: false,
    values: [
      { id: "sad", name: "Supination-adduction", classes: ["weber_a"] },
      { id: "ser", name: "Supination-external rotation", classes: ["weber_b"] },
      { id: "per", name: "Pronation-external rotation", classes: ["weber_c"] },
      { id: "pab", name: "Pronation-abduction", classes: ["weber_b", "weber_c"] },
    ],
  },
  {
    id: "lauge_hansen_stage",
    name: "Lauge-Hansen, stage",
    asked: false,
    values: [
      { id: "1", name: "I" },
      { id: "2", name: "II" },
      { id: "3", name: "III", with: { lauge_hansen: ["ser", "per", "pab"] } },
      { id: "4", name: "IV", with: { lauge_hansen: ["ser", "per"] } },
    ],
  },
  {
    id: "syndesmosis",
    name: "Syndesmosis",
    asked: false,
    values: [
      { id: "intact", name: "intact" },
      { id: "injured", name: "injured", classes: ["weber_b", "weber_c"] },
      { id: "unclear", name: "cannot be told" },
    ],
  },
  {
    id: "maisonneuve",
    name: "Maisonneuve",
    asked: false,
    values: [
      { id: "no", name: "no" },
      {
        id: "yes",
        name: "yes",
        classes: ["weber_c"],
        with: {
          ao_ota_44: ["44c3"],
          lauge_hansen: ["per"],
          syndesmosis: ["injured", "unclear"],
        },
      },
    ],
  },
  {
    id: "malleoli",
    name: "Malleoli",
    asked: false,
    values: [
      { id: "lateral", name: "lateral alone", with: { ao_ota_44: ALONE } },
      { id: "bimalleolar", name: "bimalleolar", with: { ao_ota_44: MEDIAL } },
      { id: "trimalleolar", name: "trimalleolar", with: { ao_ota_44: POSTERIOR } },
    ],
  },
];
