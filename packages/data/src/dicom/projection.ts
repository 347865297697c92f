/**
 * Which view of which side a radiograph shows, as far as the file says so.
 *
 * The mortise has no view code of its own (PS3.16 CID 4010): its files call themselves AP or oblique,
 * and say elsewhere what they are, by an eponym (CID 4012) or in words.
 */
import type { Side, View } from "@malleolus/schema";
import type { Attributes } from "./attributes.ts";

const VIEW_POSITION = "x00185101";
const SERIES_DESCRIPTION = "x0008103e";
const PROTOCOL_NAME = "x00181030";
const STUDY_DESCRIPTION = "x00081030";

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

/** "Mortice projection" in SNOMED CT and in its older codes. */
const MORTISE_CODES = new Set(["260497009", "R-4080E"]);

/** In order: a mortise view is often described as "AP mortise" or "oblique (mortise)". */
const VIEW_WORDS: readonly (readonly [RegExp, View])[] = [
  // Dutch calls the view for the mortise (vork) or for the 15 to 20 degrees of inward rotation.
  [/\b(morti[sc]e|(enkel)?vork(opname)?)\b|\b(15|20) ?(°|gr|graden)? ?endo(rotatie)?\b/, "mortise"],
  [/\b(obl(ique)?|schuin|oblik)\b/, "oblique"],
  [/\blat(eral|eraal)?\b(?! malleol)/, "lateral"],
  [/\b(ap|antero[ -]?posterior|frontal)\b/, "ap"],
  [/\b(pa|postero[ -]?anterior)\b/, "pa"],
];

/** What stands between the views of a list: "AP + mortise", "AP, mortise and lateral". */
const LIST = /[+,;/&]|\b(and|en|und|et)\b/;

/** The view: of ViewPosition, else of the view code's meaning, else of the series description. */
export function readView(attributes: Attributes): View | null {
  const said = saidView(attributes);
  const mayBeMortise = said === null || said === "ap" || said === "oblique";
  return mayBeMortise && isMortise(attributes) ? "mortise" : said;
}

function saidView(attributes: Attributes): View | null {
  const position = attributes.text(VIEW_POSITION)?.toUpperCase() ?? null;
  if (position !== null && Object.hasOwn(VIEW_POSITIONS, position)) {
    return VIEW_POSITIONS[position];
  }
  const [code] = attributes.items("x00540220");
  const meaning = code?.text("x00080104") ?? null;
  return viewIn(position) ?? viewIn(meaning) ?? viewIn(attributes.text(SERIES_DESCRIPTION));
}

/** Whether an eponym or a description says so; of the descriptions the first that names a view. */
function isMortise(attributes: Attributes): boolean {
  for (const eponym of attributes.items("x00185104")) {
    if (MORTISE_CODES.has(eponym.text("x00080100") ?? "")) return true;
    if (viewIn(eponym.text("x00080104")) === "mortise") return true;
  }
  const ofImage = [SERIES_DESCRIPTION, PROTOCOL_NAME].map((tag) => viewIn(attributes.text(tag)));
  const named = ofImage.find((view) => view !== null);
  if (named !== undefined) return named === "mortise";
  // What is said of the whole study must leave no other view that this image could be.
  const ofStudy = viewsIn(attributes.text(STUDY_DESCRIPTION));
  return ofStudy.length === 1 && ofStudy[0] === "mortise";
}

/** The one view that a text names; null where it names none, or several images' views. */
function viewIn(text: string | null): View | null {
  const views = viewsIn(text);
  const isOfSeveral =
    views.length > 1 &&
    (LIST.test(plain(text)) || (views.includes("lateral") && !isOblique(views)));
  return isOfSeveral ? null : (views[0] ?? null);
}

/** "Lateral oblique" is one view; "AP lateral" are two. */
function isOblique(views: readonly View[]): boolean {
  return views.length === 2 && views.includes("oblique");
}

/** In the order of `VIEW_WORDS`. */
function viewsIn(text: string | null): View[] {
  const words = plain(text);
  return VIEW_WORDS.filter(([pattern]) => pattern.test(words)).map(([, view]) => view);
}

function plain(text: string | null): string {
  return (text ?? "").toLowerCase().replaceAll("_", " ");
}

/** The side: of ImageLaterality, else of Laterality. `U` (unpaired) says nothing. */
export function readSide(attributes: Attributes): Side | null {
  switch ((attributes.text("x00200062") ?? attributes.text("x00200060"))?.toUpperCase()) {
    case "L":
    case "LEFT":
      return "left";
    case "R":
    case "RIGHT":
      return "right";
    case "B":
    case "BOTH":
      return "both";
    default:
      return null;
  }
}
