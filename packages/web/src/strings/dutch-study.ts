/** Deciding, and the pages of those who run a study, in Dutch: a part of the one table, `dutch.ts`. */
import type { englishStudy } from "./english-study.ts";

export const dutchStudy: Readonly<Record<keyof typeof englishStudy, string>> = {
  "decide.adjudication": "Beslissen",
  "decide.consensus": "Vergadering van het panel",
  "decide.list": "Te beslissen",
  "decide.meeting": "Voor de vergadering van het panel",
  "decide.own view": "Eerst uw eigen oordeel",
  "decide.own view text":
    "Het blijft zoals het is, en daarna komen de lezingen in beeld. Het beslist de casus niet.",
  "decide.you said": "Uw eigen oordeel: {decision}",
  "decide.readings": "Wat de lezers zeiden, in willekeurige volgorde",
  "decide.excluded": "Uitgesloten: {name}",
  "decide.adjudication why": "Waarom (blijft bij de beslissing)",
  "decide.consensus why": "Notulen (blijven bij de beslissing)",
  "decide.keep": "Mijn oordeel bewaren, lezingen tonen",
  "decide.decide": "Beslissen en volgende openen",
  "decide.kept": "Uw eigen oordeel is bewaard. Dit zijn de lezingen.",
  "decide.no reason": "Zeg waarom, en beslis dan.",
  "decide.none shown": "Er zijn nog geen lezingen in beeld.",
  "decide.hint own": "Kies een klasse of een uitsluiting; Enter bewaart hem",
  "decide.hint": "↑ ↓ neemt over wat een lezing zegt, / voor de reden, Enter beslist",
  "decide.key adopt": "Wat de volgende lezing zegt",
  "decide.key submit": "Het eigen oordeel bewaren; beslissen en volgende openen",
  "decide.key reason": "De reden",
  "decide.gone": "Deze casus is beslist, of is hier niet om te beslissen.",
};
