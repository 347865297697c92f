/**
 * Which view of which side a radiograph shows, as far as the file says so.
 */
import type { Side, View } from "@malleolus/schema";
import type { Attributes } from "./data-set.ts";

/** Defined terms of ViewPosition (0018,5101), PS3.3 sections C.8.7.1 and C.8.11.5. */
const VIEW_POSITIONS: Readonly<Record<string, View>> = {
  AP: "ap",
  PA: "pa",
  LL: "lateral",
  RL: "lateral",
  LLD: "lateral",
  RLD: "lateral",
  LLO: "oblique",
  RLO: "oblique",
};

/** In order: a mortise view is often described as "AP mortise" or "oblique (mortise)". */
const VIEW_WORDS: readonly (readonly [RegExp, View])[] = [
  [/\bmorti[sc]e\b/, "mortise"],
  [/\bobl(ique)?\b/, "oblique"],
  [/\blat(eral)?\b(?! malleol)/, "lateral"],
  [/\b(ap|antero-?posterior|frontal)\b/, "ap"],
  [/\b(pa|postero-?anterior)\b/, "pa"],
];

/** The view: of ViewPosition, else of the view code's meaning, else of the series description. */
export function readView(attributes: Attributes): View | null {
  const position = attributes.text("x00185101");
  if (position !== null && Object.hasOwn(VIEW_POSITIONS, position)) {
    return VIEW_POSITIONS[position];
  }
  const [code] = attributes.items("x00540220");
  const texts = [position, code?.text("x00080104") ?? null, attributes.text("x0008103e")];
  for (const text of texts) {
    const lower = (text ?? "").toLowerCase().replaceAll("_", " ");
    const found = VIEW_WORDS.find(([words]) => words.test(lower));
    if (found !== undefined) return found[1];
  }
  return null;
}

/** The side: of ImageLaterality, else of Laterality. `U` (unpaired) says nothing. */
export function readSide(attributes: Attributes): Side | null {
  switch (attributes.text("x00200062") ?? attributes.text("x00200060")) {
    case "L":
      return "left";
    case "R":
      return "right";
    case "B":
      return "both";
    default:
      return null;
  }
}
