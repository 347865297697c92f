/**
 * The ankle protocol's words in Dutch, as it is written in the Netherlands and in Flanders: the
 * project's own list, written for it from how radiologists report, by kinds of words. Mended on the
 * sentences of the tests beside it, on the phantom's reports and on half of the held-out reports;
 * measured on the other half (docs/curate.md). Long because it is a table of words.
 */
import type { LanguageRules } from "@malleolus/schema";
import { pairs, terms } from "./term-lists.ts";

/** Participles and infinitives that say that something was found. */
const found = terms(`
  gezien, zichtbaar, aanwezig, aantoonbaar, waarneembaar, aangetoond, herkenbaar, vastgesteld,
  gevonden, te zien, te herkennen, te vinden, aan te tonen, geobjectiveerd, waargenomen, weerhouden,
  herkend, evident, afgrensbaar`);
const halfway = terms("met zekerheid, geheel, volledig, helemaal, zeker, goed");

/** What a radiograph shows of bones in general, and what is said of it where nothing is broken. */
const bones = terms(`
  ossale structuren, benige structuren, botstructuren, skelet, malleoli, botten, corticalis, cortices,
  botstukken, skeletdelen`);
const sound = terms("intact, gaaf, normaal, ongestoord, onopvallend, zonder afwijkingen");
const pictures = terms(
  "onderzoek, rontgenonderzoek, x enkel, rx, foto, opname*, enkelfoto, radiografie",
);
const aspects = terms(
  "enkel, enkels, skelet, ossale, benige, botstructuren, botaspect, botstructuur",
);

/** Places of the tibia that count against an isolated fracture of the fibula. */
const tibialPlaces = terms(`
  mediale malleol*, med malleol*, med mall, malleolus medialis, interne malleol*, malleolus internus,
  binnenenkel*, malleolus tertius, tertius, achterste malleol*, posterieure malleol*, dorsale malleol*,
  tibia, tibiale, distale tibia, scheenbeen*, mm`);
/** Places beside the fibula of which reports say that they are as they should be. */
const spared = [...tibialPlaces, ...terms("talus, calcaneus, basis mt*, metatars*")];

export const ankleDutch: LanguageRules = {
  recognisedBy: terms(`
    de, het, een, van, en, is, zijn, met, er, bij, op, naar, voor, in, geen, niet, ten, opzichte, ter,
    te, door, deze, wel, worden, wordt, aan, als, of, om, dit, nog, ook, na, onder, boven,
    enkel, enkel*, fractuur, weke, delen, zwelling, laterale, mediale, distale, stand, vork, gewricht,
    syndesmose, verslag, conclusie, goede, normaal, normale, rechts, links, re, li, letsel, volgt, dorsale, zijde, voorste, achterste`),
  abbreviations: terms(`
    ca, dd, dr, eventueel, evt, fract, gb, incl, li, lat, mall, med, mgl, oa, re, resp, st, vg, vgl, wsch,
    waarsch, afw, onderz, bijz, co`),
  asideHeadings: terms(`
    klinische gegevens, klinische informatie, klinische inlichtingen, klinische vraagstelling, kliniek,
    klinisch, klin gegevens, gegevens, inlichtingen, indicatie, vg kg, kg, vg/kg, vraagstelling, vraag,
    voorgeschiedenis, vg, anamnese, reden van aanvraag, reden, aanvraag, trauma, vergelijking,
    vergelijkend onderzoek, advies, beleid, plan`),
  reportHeadings: terms(`
    techniek, onderzoek, opname, opnames, opnamen, verslag, bevinding, bevindingen, botten, skelet,
    resultaat, weke delen, gewricht, enkelvork, vork, enkel, voet, antwoord, conclusie, concl, besluit,
    c, beoordeling, samenvatting, addendum, protocol`),

  fracture: [
    ...terms(
      "*fractuur, *fracturen, *fractuurtje, fractuurtjes, fract, fracturatie, fractur, fx, #",
    ),
    ...terms("fractuurlijn*, fractuurspleet, fractureren, gefractureerd*, *fissuur, fissuren"),
    ...terms("*breuk, *breuken, *breukje, gebroken, *infractie, afbraak, afgebroken"),
    ...pairs(terms("weber, weber type, weber klasse, danis weber, type weber"), terms("a, b, c")),
    ...pairs(["type"], terms("a volgens weber, b volgens weber, c volgens weber")),
    ...pairs(["44"], terms("a1, a2, a3, b1, b2, b3, c1, c2, c3")),
    ...terms("danis weber, maisonneuve, salter harris, sh"),
    ...terms("*avulsie*, afscheuring, afrukking, botfragment*, botfragmentje, botschilfer*"),
    ...terms("corticalisonderbreking*, cortexonderbreking*, corticale onderbreking"),
    ...terms("onderbreking van de cortex, onderbreking van de corticalis, corticalis onderbreking"),
  ],
  prepositions: terms(
    "van, in, door, aan, thv, tpv, ter, op, der, vd, uit, met, distale, laterale, v",
  ),
  targetSites: terms(`
    fibula*, *fibula, kuitbeen*, laterale malleol*, lat malleol*, lat mall, malleolus lateralis,
    externe malleol*, malleolus externus, buitenenkel*, laterale enkel, lm, weber*, maisonneuve,
    enkel*, osg, bsg`),
  otherSites: {
    "tibia-involved": [
      ...tibialPlaces.filter((place) => place !== "mm"),
      ...terms("tibiafractuur, tibiaschacht*, mm fractuur, fractuur mm, fractuur van de mm, mm #"),
      ...terms("mediale en laterale malleol*, laterale en mediale malleol*, beide malleol*"),
      ...terms("externe en interne malleol*, interne en externe malleol*, beide enkels"),
      ...terms("tertiusfragment, tertiusfractuur, volkmann*, tillaux, pilon*, plafond, *cruris*"),
      ...terms("bimall*, trimall*, bi malleol*, tri malleol*, triplane*, onderbeen*"),
    ],
    "other-fracture": terms(`
      talus*, calcaneus*, calcaneum, hielbeen*, hiel, naviculare, os naviculare, cuboid*, cuboideum,
      cuneiform*, metatars*, mt5, mt 5, mt v, mtv, basis mt*, basis van mt*, jones*, lisfranc, chopart,
      teen, tenen, hallux, phalan*, falan*, voet, voet*, middenvoet*, sesam*, processus anterior`),
  },
  abnormality: [
    ...terms(
      "afwijking*, afw, bijzonderheden, bijz, pathologie, letsel, letsels, botletsel*, *botafwijking*",
    ),
    ...terms("skeletletsel*, skeletafwijking*, skeletafw, skelettrauma, traumatische skelet*"),
    ...terms(
      "corticale onderbrekingen, fractuurhaard, botbreuk, beschadiging, traumatische verandering*",
    ),
  ],
  normal: [
    ...pairs(bones, sound),
    ...pairs(bones, pairs(["..."], sound)),
    ...pairs(["normaal", "normale", "intacte", "intact", "gave"], [...aspects, ...bones]),
    ...pairs(["normaal", "normale", "onopvallende"], pictures),
    ...terms(
      "normaal aspect van het skelet, normaal aspect van de enkel, normaal aspect van de ossale",
    ),
    ...terms("gb, g b, zonder bijzonderheden, geen bijz, skelet zonder afwijkingen"),
    ...terms("enkel zonder afwijkingen"),
  ],
  exclusions: {
    "tibia-involved": terms(`
      tertiusfragment*, fragment van de malleolus tertius, fragment van de tertius, volkmann*, tillaux
      fragment, tillauxfragment, fragment van de mediale malleolus`),
    "old-fracture": [
      ...pairs(terms("genezen, geconsolideerde, oude, verouderde"), ["*fractuur", "*fracturen"]),
      ...pairs(
        ["oud", "oude", "oud ossaal"],
        terms("letsel, letsels, trauma, avulsie*, botfragment*"),
      ),
      ...pairs(
        ["posttraumatische", "post traumatische"],
        terms("deformiteit, standsafwijking, verander*"),
      ),
      ...terms("*fractuur ... genezen, restdeformatie, restdeformiteit, oude consolidatie"),
      ...terms("pseudoartrose, pseudoarthrose, pseudarthrose, pseudartrose, non union, malunion"),
    ],
    callus: terms(`
      callus*, geconsolideerd, consolidatie*, consoliderend*, genezende *fractuur, doorbouwing,
      botaanmaak, botgenezing, fractuurgenezing, botnieuwvorming, overbrugging, benige overbrugging,
      periostale reactie`),
    cast: terms(`
      gips, in gips, gipsspalk*, onderbeensgips*, loopgips*, gipsverband*, gipskoker, gipslaars, spalk,
      spalkverband, doorgipst, castverband, brace, circulair gips, achterspalk, gipsatelle`),
    hardware: [
      ...terms(
        "osm, orif, plaat, platen, plaatje, plaatfixatie, schroef*, schroeven, stelschroef*",
      ),
      ...terms(
        "*osteosynthese*, k draad, k draden, kirschnerdra*, cerclage*, mergpen, pen, pennen",
      ),
      ...terms("metaal, *prothese, arthrodese, artrodese, fixateur, tightrope, botanker*, nagel"),
      ...terms("fixatiemateriaal, materiaal in situ, schroeffixatie, interne fixatie"),
    ],
    "open-physes": [
      ...pairs(
        terms("open, openstaande, niet gesloten, nog open"),
        terms("groeischij*, groeiplat*, epifysair*, epifyse*, fys*, groeikraak*"),
      ),
      ...pairs(
        terms("groeischij*, groeiplat*, epifysair*, fyse*, fysen, groeikern*"),
        terms("... open, ... niet gesloten, ... openstaand"),
      ),
      ...terms("skeletaal onrijp, onrijp skelet, kinderenkel, salter harris, sh"),
    ],
    "poor-quality": [
      ...pairs(
        terms("slechte, matige, beperkte, suboptimale, onvoldoende, mindere"),
        terms("kwaliteit, beeldkwaliteit, opnamekwaliteit, belichting"),
      ),
      ...pairs(["kwaliteit", "beeldkwaliteit"], terms("... slecht, ... matig, ... beperkt")),
      ...pairs(["kwaliteit", "beeldkwaliteit"], terms("... onvoldoende, ... suboptimaal")),
      ...pairs(
        terms("matig, slecht, niet goed, beperkt, onvoldoende, moeilijk, niet, minder goed"),
        ["beoordeelbaar", "te beoordelen"],
      ),
      ...pairs(
        ["beoordeling", "beoordeelbaarheid"],
        terms("beperkt, is beperkt, gehinderd, bemoeilijkt"),
      ),
      ...terms("suboptimale opname*, suboptimale foto*, niet diagnostisch, technisch onvoldoende"),
      ...terms(
        "bewegingsartefact*, bewegingsonscherpte, bewogen opname*, bewogen foto*, onderbelicht*",
      ),
      ...terms("overbelicht*, onvoldoende belicht*, te donker, te licht"),
    ],
    "view-insufficient": [
      ...pairs(
        terms("suboptimale, afwijkende, verkeerde, onjuiste, niet standaard"),
        terms("instelling, projectie*, opnamerichting, inschieting, positionering"),
      ),
      ...pairs(
        terms("gedraaide, geroteerde, verdraaide, scheve, suboptimaal ingesteld*"),
        terms("opname*, foto*, laterale, dwarse, projectie*, vorkopname"),
      ),
      ...pairs(
        terms("geen goede, geen echte, geen zuivere, geen correcte"),
        terms("vorkopname, mortise*, laterale opname, dwarse opname, ap opname"),
      ),
      ...pairs(
        terms("laterale, dwarse, mortise, ap"),
        terms("opname ontbreekt, opname niet mogelijk"),
      ),
      ...pairs(["vorkopname", "mortiseopname"], terms("ontbreekt, niet mogelijk, niet gelukt")),
      ...pairs(
        ["alleen", "slechts", "enkel"],
        terms("een ap, ap, een opname, een laterale, een richting"),
      ),
      ...terms(
        "onvolledig onderzoek, onvolledige serie, onvolledige opnameserie, incomplete serie",
      ),
      ...terms(
        "suboptimaal ingesteld*, niet goed ingesteld*, gedraaid ingesteld*, incompleet onderzoek",
      ),
    ],
    "other-fracture": [
      ...terms(
        "*luxatie, *luxaties, geluxeerd*, osteomyelitis, metasta*, *tumor, maligniteit, lytisch*",
      ),
      ...terms(
        "sclerotische laesie, botcyste, enchondroom, osteochondroom, fibroom, pathologische",
      ),
      ...terms("osteochondraal letsel, osteochondraal defect, osteochondrale laesie, charcot*"),
      ...terms("osteochondritis, lisfrancletsel, lisfranc letsel"),
    ],
  },
  ignored: [
    // Fractures that are none, or elsewhere in the body.
    ...terms("fractuurrisico, fractuur risico, fractuurpoli, sommige fracturen, doorbraak"),
    ...terms(
      "pols*, heup*, rib*fractuur, ribfractuur*, handfractuur, elleboog*, schouder*, wervel*",
    ),
    ...terms("clavicula*, humerus*, radius*, femur*, knie*, bekken*"),
    ...pairs(["*fractuur ...", "#"], terms("pols, heup, hand, elleboog, schouder, radius, femur")),
    // What is injured, but is no bone.
    ...terms(
      "bandletsel*, enkelbandletsel*, syndesmoseletsel*, syndesmose letsel, ligamentair letsel",
    ),
    ...terms(
      "kraakbeenletsel, peesletsel, weke delen letsel*, wekedelenletsel*, letsel van de weke delen",
    ),
    ...terms("letsel van de syndesmose, syndesmotisch letsel, kapselletsel, huidletsel"),
    ...pairs(["mediale", "mediaal", "degeneratieve", "weke delen"], ["afwijking*", "letsel*"]),
    ...terms("standsafwijking*, normale variant, occult letsel, traumamechanisme"),
    // Places that only say how high.
    ...pairs(
      terms(
        "niveau van, niveau van de, hoogte van, hoogte van de, boven, boven de, boven het, onder",
      ),
      terms("tibiaplafond, tibia, plafond, tibiale plafond, enkel, enkelgewricht, enkelvork"),
    ),
    ...terms("tibiaplafond, tibia plafond, tibiale plafond, gewrichtsvlak van de tibia"),
    ...terms(
      "plafond van de tibia, talusshift, talus shift, talustilt, talar shift, voet en enkel",
    ),
    ...terms(
      "calcaneusspoor, hielspoor, voorachterwaarts, voetstuk, enkelvork*, enkelgewricht congruent",
    ),
    ...pairs(
      spared,
      pairs(["", "..."], sound).map((term) => term.trim()),
    ),
    ...pairs(spared, terms("... niet betrokken, ... niet gefractureerd, ... niet aangedaan")),
    ...pairs(["intacte", "normale", "gave"], spared),
    // Casts and plates that are not there.
    ...pairs(
      terms("na verwijderen van, na verwijdering van, na verwijderen, uit, zonder, nog geen"),
      ["gips", "het gips", "spalk"],
    ),
    ...terms(
      "gips verwijderd, gipsimmobilisatie, gipsbehandeling, groeiplaat, eindplaat, gipspoli",
    ),
    ...terms("gb belast*"),
    ...pairs(["gesloten"], terms("groeischij*, fys*, epifysair*, groeiplat*")),
    // A "no" that denies something else.
    ...pairs(
      ["geen", "geen duidelijke", "geen noemenswaardige", "zonder", "zonder noemenswaardige"],
      terms("verandering, toename, wijziging, dislocatie, dislokatie, verplaatsing, diastase"),
    ),
    ...terms("zonder relevante dislocatie, niet alleen, wel of niet, wel of geen, al dan niet"),
    ...pairs(
      ["geen"],
      terms("vergelijk*, eerder*, oud onderzoek, oude opnames, oude opnamen, oude foto*"),
    ),
    ...terms("niet beschikbaar, niet voorhanden, niet duidelijk, nog niet"),
    ...terms(
      "niet gedisloceerd*, niet gedislokeerd*, niet verplaatst*, niet verbreed, niet geheel",
    ),
    ...pairs(
      terms("eerder, eerdere, vorig, vorige, oud, oude, voorgaand, voorgaande"),
      terms("onderzoek, onderzoeken, opname*, foto*, rontgen*, verslag*"),
    ),
    ...terms("of oud avulsie*, of oud letsel, of oude avulsie*"),
    // After what the patient comes.
    ...pairs(
      terms("status na, st na, s/p, bekend met, vg, toestand na"),
      terms(
        "val, trauma, distorsie, inversie*, verzwikking, ongeval, sport*, verkeersongeval, enkeldistorsie",
      ),
    ),
    ...pairs(terms("eerdere, oude, recidiverende, vroegere"), ["*distorsie*", "verzwikking*"]),
  ],

  negationBefore: [
    // Determiners, adverbs, pronouns; the commonest slip of the fingers beside them.
    ...terms(
      "geen, gen, geeen, gene, geenszins, niet, noch, nergens, nooit, nee, niets, geen enkele",
    ),
    // Nouns of evidence, which a "geen" governs.
    ...pairs(
      ["geen"],
      terms("aanwijzing voor, aanwijzingen voor, aanwijzing, aanwijzingen, teken van, tekenen van"),
    ),
    ...pairs(
      ["geen"],
      terms("argument voor, argumenten voor, argumenten, verdenking op, sprake van"),
    ),
    ...terms("geen evidente, geen duidelijke, geen zichtbare, geen zekere, geen grove"),
    // Prepositions.
    ...terms("zonder, in afwezigheid van, zonder tekenen van, zonder aanwijzingen voor"),
    // Adjectives and nouns.
    ...terms("vrij van, negatief voor, afwezigheid van, ontbreken van"),
    // Verbs.
    ...terms("toont geen, toonde geen, tonen geen, zie geen, zien geen"),
  ],
  negationAfter: [
    ...pairs(
      ["niet", "niet ...", "niet meer", "niet duidelijk", "wordt niet", "worden niet"],
      found,
    ),
    ...pairs(["is", "zijn", "werd", "werden", "wordt"], ["uitgesloten", "verdwenen"]),
    ...terms("uitgesloten, afwezig, ontbreekt, ontbreken, verdwenen, opgelost, negatief"),
  ],
  possibleBefore: [
    // Adjectives and adverbs.
    ...terms("mogelijk, mogelijke, wellicht, misschien, waarschijnlijk, waarschijnlijke, wsch"),
    ...terms("vermoedelijk, vermoedelijke, verdacht, verdachte, suspect, suspecte, suspicieus"),
    ...terms(
      "twijfelachtig, twijfelachtige, dubieus, dubieuze, onzeker, onzekere, eventueel, eventuele",
    ),
    ...terms("evt, mgl, onwaarschijnlijk, onwaarschijnlijke, potentieel, vraagbaar"),
    ...terms("waarschijnlijk geen, mogelijk geen, vermoedelijk geen, wellicht geen"),
    // Nouns with their prepositions.
    ...terms(
      "verdenking, verdenking op, vermoeden, vermoeden van, vermoeden op, twijfel, twijfel over",
    ),
    ...terms(
      "verdacht voor, verdacht op, suspect voor, suggestief voor, mogelijkheid van, kans op",
    ),
    // Verbs.
    ...pairs(
      ["kan", "zou kunnen", "kan goed", "zou"],
      terms("passen bij, wijzen op, duiden op, zijn"),
    ),
    ...terms(
      "zou kunnen, passend bij mogelijke, doet denken aan, doet vermoeden, cave, lijkt sprake van",
    ),
    // Alternatives.
    ...terms("dd, d.d., differentiaaldiagnostisch, differentiaal diagnostisch, versus"),
    // What could not be excluded.
    ...terms(
      "niet uit te sluiten, niet uitgesloten, sluit ... niet uit, niet met zekerheid uit te sluiten",
    ),
  ],
  possibleAfter: [
    ...terms("mogelijk, is mogelijk, lijkt mogelijk, waarschijnlijk, is waarschijnlijk, wellicht"),
    ...terms("te overwegen, twijfelachtig, is twijfelachtig, dubieus, onzeker, onwaarschijnlijk"),
    ...terms("niet onwaarschijnlijk, lijkt niet uitgesloten, niet zeker"),
    ...pairs(["niet", "niet ...", "moeilijk"], terms("uit te sluiten, uitgesloten, uitsluitbaar")),
    ...pairs(
      ["niet", "kan niet", "kunnen niet"],
      pairs(halfway, ["uitgesloten", "uit te sluiten"]),
    ),
    ...pairs(
      ["kan niet", "kan niet ...", "kunnen niet"],
      terms("worden uitgesloten, uitgesloten worden"),
    ),
  ],
  questionBefore: terms(`
    vraagstelling, vraag, uitsluiten, uitsluiten van, ter uitsluiting van, ter beoordeling van, ?`),
  questionAfter: terms("?, uitsluiten, uit te sluiten, uitgesloten dient te worden"),
  historicalBefore: [
    // Adjectives and adverbs.
    ...terms(
      "oude, oud, oudere, eerdere, eerder, vroegere, vroeger, destijds, doorgemaakte, doorgemaakt",
    ),
    ...terms(
      "bekende, al bekende, reeds bekende, genezen, preexistente, pre existente, langer bestaande",
    ),
    ...terms("verouderde, rond afgedekt, gecorticaliseerd, gecorticaliseerde"),
    // Nouns and phrases.
    ...terms(
      "status na, st na, s/p, toestand na, voorgeschiedenis, vg, bekend met, in het verleden",
    ),
    ...terms("jaar geleden, restant van, residuen van, residu van, restverschijnselen van"),
  ],
  historicalAfter: terms(`
    in het verleden, in voorgeschiedenis, in de voorgeschiedenis, jaar geleden, jaren geleden,
    maanden geleden, destijds, van oude datum, oud van aspect, is oud, lijkt oud, imponeert oud, oogt oud,
    niet recent, van oudere datum`),
  acute: terms(`
    acute, acuut, nieuwe, nieuw, verse, vers, recente, recent, thans, nu, heden, vandaag, momenteel`),
  terminators: [
    // Conjunctions and prepositions of exception.
    ...terms(
      "maar, doch, echter, behalve, behoudens, afgezien van, hoewel, ofschoon, tenzij, terwijl",
    ),
    // Adverbs that take back.
    ...terms("wel, toch, desondanks, desalniettemin, niettemin"),
    // New statements.
    ...terms(
      "en een, en er, met een, er is, er zijn, er bestaat, waarbij, waardoor, hetgeen, die, dat",
    ),
    ...terms("met intacte, met normale, met tevens, wegens, als gevolg van, ten gevolge van"),
  ],
  coordinators: terms("of, noch, en, en/of"),
};
