/**
 * The ankle's classification, for several packages: the classes of a fracture of the lateral malleolus
 * by Danis-Weber and the millimetres by which they are told. A new study's protocol begins with them,
 * and the phantom breaks, labels and outlines by them. A study may change its own protocol; the phantom
 * stays as it is.
 */
import type { Protocol } from "./protocol.ts";

export const ankleClassification: Pick<Protocol, "classes" | "noFractureClass" | "zonesMm"> = {
  classes: [
    { id: "weber_a", name: "Weber A" },
    { id: "weber_b", name: "Weber B" },
    { id: "weber_c", name: "Weber C" },
    { id: "no_fracture", name: "No fracture" },
  ],
  noFractureClass: "no_fracture",
  // A line that begins up to 10 mm above the plafond begins within the syndesmosis, which makes it B.
  zonesMm: { fractureLine: 3, intactAbovePlafond: 60, weberAEnds: 0, weberCBegins: 10 },
};
