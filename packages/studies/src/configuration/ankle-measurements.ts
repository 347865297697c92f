/**
 * What is measured on an ankle: widths of the mortise and the syndesmosis, tilt of the talus, and the
 * fracture's gap, step and height. Landmarks as radiology's textbooks name them; limits of normal are
 * not here, since a reader measures and the evaluation judges.
 */
import type { MeasurementRule } from "@malleolus/schema";

export const ankleMeasurements: MeasurementRule[] = [
  {
    id: "medial-clear-space",
    name: "Medial clear space",
    form: "length",
    landmarks: ["lateral border of the medial malleolus", "medial border of the talus"],
    views: ["ap", "mortise"],
  },
  {
    id: "tibiofibular-clear-space",
    name: "Tibiofibular clear space",
    form: "length",
    landmarks: [
      "floor of the fibular notch, 10 mm above the plafond",
      "medial border of the fibula",
    ],
    views: ["ap", "mortise"],
  },
  {
    id: "tibiofibular-overlap",
    name: "Tibiofibular overlap",
    form: "length",
    landmarks: ["lateral border of the anterior tubercle", "medial border of the fibula"],
    views: ["ap", "mortise"],
  },
  {
    id: "talar-tilt",
    name: "Talar tilt",
    form: "between lines",
    landmarks: [
      "plafond, medial end",
      "plafond, lateral end",
      "talar dome, medial end",
      "talar dome, lateral end",
    ],
    views: ["ap", "mortise"],
  },
  {
    id: "fracture-gap",
    name: "Gap of the fracture",
    form: "length",
    landmarks: ["edge of one fragment", "edge of the other fragment"],
  },
  {
    id: "fracture-step",
    name: "Step of the fracture",
    form: "perpendicular",
    landmarks: [
      "cortex of one fragment",
      "the same cortex further on",
      "cortex of the other fragment",
    ],
  },
  {
    id: "height-over-plafond",
    name: "Height of the fracture over the plafond",
    form: "perpendicular",
    landmarks: ["plafond, medial end", "plafond, lateral end", "fracture at the medial cortex"],
    views: ["ap", "mortise"],
  },
];
