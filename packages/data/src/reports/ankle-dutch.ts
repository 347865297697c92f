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
  herkend, evident, afgrensbaar, ontdekt, te ontdekken, ontwaard, ontwaren, te ontwaren, vast te stellen,
  te onderscheiden, gedetecteerd, bespeurd, te bespeuren`);
/** A doubt about what was not ruled out; it says something of its own, whatever was denied before. */
const notExcluded = [
  ...terms(
    "niet uit te sluiten, niet uitgesloten, sluit ... niet uit, niet met zekerheid uit te sluiten",
  ),
  ...terms(
    "sluit niet uit, sluiten niet uit, sluit niet uit dat er, sluiten ... niet uit, niet mogelijk uit te sluiten",
  ),
];
/** Metal and casts whose names mean other things as well: only where they hold something. */
const metal = terms("plaat, platen, pen, pennen, metaal, nagel");
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
const spared = [
  ...tibialPlaces,
  ...terms("talus, calcaneus, basis mt*, metatars*, voet, voetskelet"),
];

export const ankleDutch: LanguageRules = {
  recognizedBy: terms(`
    de, het, een, van, en, is, zijn, met, er, bij, op, naar, voor, in, geen, niet, ten, opzichte, ter,
    te, door, deze, wel, worden, wordt, aan, als, of, om, dit, nog, ook, na, onder, boven,
    enkel, enkel*, fractuur, weke, delen, zwelling, laterale, mediale, distale, stand, vork, gewricht,
    syndesmose, verslag, conclusie, goede, normaal, normale, rechts, links, re, li, letsel, volgt, dorsale, zijde, voorste, achterste`),
  abbreviations: terms(`
    ca, dd, dr, eventueel, evt, fract, gb, incl, li, lat, mall, med, mgl, oa, re, resp, st, vg, vgl, wsch,
    waarsch, afw, onderz, bijz, co`),
  asideHeadings: terms(`
    klinische gegevens, klinische informatie, medische gegevens, relevante klinische gegevens,
    reden van onderzoek, reden voor onderzoek, reden onderzoek, reden van verwijzing, reden verwijzing,
    verwijzing, verwijsreden, indicatiestelling, aanvraaggegevens, aanvraagtekst, klinische inlichtingen, klinische vraagstelling, kliniek,
    klinisch, klinische vraag, klin gegevens, gegevens, inlichtingen, indicatie, vg kg, kg, vg/kg, vraagstelling, vraag,
    voorgeschiedenis, vg, anamnese, reden van aanvraag, reden, aanvraag, trauma, vergelijking,
    vergelijkend onderzoek, advies, beleid, plan`),
  reportHeadings: terms(`
    techniek, onderzoek, opname, opnames, opnamen, verslag, bevinding, bevindingen, botten, skelet,
    resultaat, weke delen, gewricht, enkelvork, vork, enkel, voet, antwoord, conclusie, concl, besluit,
    c, beoordeling, samenvatting, addendum, protocol`),

  fracture: [
    ...terms(
      "*fractuur, *fracturen, *fractuurtje, fractuurtjes, fract, fracturatie, fractur, fx, #, *fraktuur",
    ),
    ...terms("*frakturen, fraktur, *fracturatie"),
    ...terms("fractuurlijn*, fractuurspleet, fractureren, gefractureerd*, *fissuur, fissuren"),
    ...terms("*breuk, *breuken, *breukje, gebroken, *infractie, afbraak, afgebroken"),
    ...pairs(
      terms("weber, webber, weber type, weber klasse, danis weber, type weber"),
      terms("a, b, c"),
    ),
    ...pairs(["type"], terms("a volgens weber, b volgens weber, c volgens weber")),
    ...pairs(["44"], terms("a1, a2, a3, b1, b2, b3, c1, c2, c3")),
    ...pairs(["lauge hansen", "lauge hansen type"], terms("ser, per, sad, sa, pa, pab, pad")),
    ...pairs(["ser", "sad", "pab"], terms("i, ii, iii, iv, type, letsel")),
    ...pairs(["per"], terms("iii, iv")),
    ...terms("supinatie exorotatie, pronatie exorotatie, supinatie adductie"),
    ...terms("danis weber, maisonneuve, salter harris, sh"),
    ...terms("*avulsie*, afscheuring, afrukking, botfragment*, botfragmentje, botschilfer*"),
    ...terms("corticalisonderbreking*, cortexonderbreking*, corticale onderbreking"),
    ...terms("onderbreking van de cortex, onderbreking van de corticalis, corticalis onderbreking"),
  ],
  prepositions: terms(
    `van, in, door, aan, thv, tpv, ter, op, der, vd, uit, met, distale, laterale, v, rond, rondom, bij,
    langs, tussen, nabij, naast, over, tot`,
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
      cuneiform*, metatars*, mt5, mt 5, mt v, mtv, basis mt*, basis van mt*, jonesfractuur, jones fractuur,
      fractuur van jones, pseudojones*, lisfranc, chopart,
      teen, tenen, hallux, phalan*, falan*, voet, voet*, middenvoet*, sesam*, processus anterior`),
  },
  abnormality: [
    ...terms(
      "afwijking*, afw, bijzonderheden, bijz, pathologie, letsel, letsels, botletsel*, *botafwijking*",
    ),
    ...terms("osaal letsel, osale afwijking*"),
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
      spalkverband, doorgipst, castverband, in brace, in een brace, in de brace, brace in situ, circulair gips, achterspalk, gipsatelle`),
    hardware: [
      ...terms("osm, orif, plaatfixatie, fibulaplaat, schroef*, schroeven, stelschroef*"),
      ...terms(
        "*osteosynthese*, k draad, k draden, kirschnerdra*, cerclage*, mergpen, mergnagel, fibulanagel",
      ),
      ...pairs(
        metal,
        terms(
          "in situ, en schroeven, en schroef, ter plaatse, aanwezig, verwijderd, intact, ongewijzigd",
        ),
      ),
      ...pairs(
        metal,
        pairs(
          terms("op, op de, over, over de, aan, aan de, in, in de"),
          terms("fibula*, distale, laterale, enkel, malleol*, tibia*"),
        ),
      ),
      ...pairs(
        terms(
          "met, met een, status na, verwijderen van, verwijdering van, verwijderen, intramedullaire",
        ),
        [...metal, "plaatje"],
      ),
      ...pairs(terms("fibula, laterale, metalen, loslating van, loslating van de"), ["plaat"]),
      ...terms("plaatje in situ, osteosynthesemateriaal, osteosynthese materiaal, metaalwerk"),
      ...terms("*prothese, arthrodese, artrodese, fixateur, tightrope, botanker*"),
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
      ...pairs(["alleen", "slechts"], terms("een ap, ap, een opname, een laterale, een richting")),
      // "Enkel" is an ankle, too: "X enkel AP en lateraal".
      ...pairs(["enkel"], terms("een ap, een opname, een laterale, een richting")),
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
    // Words with another meaning than the one that counts.
    ...terms(
      "liesbreuk*, navelbreuk*, littekenbreuk*, middenrifbreuk*, spraakgebrek, gebroken glas",
    ),
    ...pairs(
      terms("op de, op een, op deze, de, deze, x, van de, eerdere, vorige, oude, nieuwe, met deze"),
      terms("plaat, platen, plaatje, plaatjes"),
    ),
    ...terms(
      "plaat ijzer, platen van, in een nagel, in nagel, ingegroeide nagel, met pen, met een pen",
    ),
    ...terms(
      "tegen metaal, tegen een metaal, kamer #, sein #, tel #, order #, accessie #, nr #, bed #",
    ),
    // Places of a clinic, a fall or a film.
    ...pairs(
      terms("x, rx, xr, foto, opname, rontgen"),
      terms("onderbeen*, voet*, hiel, calcaneus"),
    ),
    ...pairs(
      terms("zijn, haar, op de, verzwikte, verstuikte, gezwollen"),
      terms("voet, hiel, teen, voeten, hielen, tenen"),
    ),
    ...terms(
      "voet enkelchirurg*, voetenkelchirurg*, voetchirurg*, voetpoli*, enkel en voet, voetbal*",
    ),
    ...terms("bimall* equivalent*, bi malleol* equivalent*, trimall* equivalent*"),
    ...pairs(
      terms("reikt tot, tot aan, tot, tot in, niet tot"),
      terms("het plafond, het tibiaplafond"),
    ),
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
    // What is beyond doubt.
    ...pairs(
      terms(
        "geen, zonder, zonder enige, buiten, buiten alle, buiten iedere, ontegenzeggelijk geen, lijdt geen",
      ),
      terms("twijfel, twijfel over, twijfel dat, twijfel aan"),
    ),
    ...terms("onmiskenbaar, onmiskenbare, niet mis te verstaan, ongetwijfeld"),
    ...terms("geen ander|andere ... dan"),
    // Seen all the same.
    ...pairs(
      pairs(["niet"], terms("goed, geheel, volledig, helemaal, optimaal, fraai, mooi, scherp")),
      [...found, "afgebeeld", "te beoordelen", "in beeld", "meegenomen"],
    ),
    ...pairs(["niet eerder", "eerder niet", "destijds niet", "aanvankelijk niet"], found),
    ...terms(
      "niet genoemd, niet vermeld, niet beschreven, niet eerder beschreven, eerder niet beschreven",
    ),
    ...terms(
      "niet geheel afgebeeld, niet volledig afgebeeld, niet intra articulair, niet intraarticulair",
    ),
    ...terms("niet alleen, niet slechts, wel of niet, wel of geen, al dan niet, niet oud"),
    ...pairs(
      ["geen"],
      terms(
        "vergelijk*, eerdere opname*, eerdere foto*, eerder onderzoek, eerdere beelden, oud onderzoek, oude opnames, oude opnamen, oude foto*",
      ),
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
    // How old somebody is, and how well.
    ...terms("jaar oud, jaar oude, jr oud, jr oude, jaren oud, maanden oud, maand oud, dagen oud"),
    ...pairs(
      ["oude", "oudere"],
      terms("man, vrouw, dame, heer, patient, patiente, meneer, mevrouw, jongen, meisje"),
    ),
    ...pairs(
      ["bekend met", "bekende", "vg"],
      terms("diabet*, astma*, dm, dm2, copd, osteopor*, hypertens*, rook*, alcohol*, reuma*"),
    ),
  ],

  negationBefore: [
    // Determiners, adverbs, pronouns; the commonest slip of the fingers beside them.
    ...terms(
      "geen, gen, geeen, gene, geenszins, niet, noch, nergens, nooit, nee, niets, niks, geen enkele",
    ),
    ...terms("gn, g, zodner, zonder enige"),
    // Nouns of evidence, which a "geen" governs.
    ...pairs(
      ["geen"],
      terms(`aanwijzing voor, aanwijzingen voor, aanwijzing, aanwijzingen, teken van, tekenen van, teken,
        tekenen, aanwijzing dat, kenmerken van, kenmerk van, reden om aan te nemen dat, bewijs voor`),
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
    ...terms("toont geen, toonde geen, tonen geen, zie geen, zien geen, eerder ... dan"),
    ...terms("niet verdacht voor, niet verdacht op, niet suspect voor, niet suggestief voor"),
    ...terms("niet passend bij, past niet bij, wijst niet op, wijzen niet op, onwaarschijnlijk"),
    ...terms("onwaarschijnlijke, in plaats van, i.p.v., niets wijst op, niets wijst erop dat"),
    // Too little to speak of.
    ...pairs(
      terms("weinig, lage, geringe, kleine, zeer kleine, nauwelijks, zeer lage, minimale"),
      terms(
        "aanwijzingen voor, aanwijzing voor, verdenking op, kans op, argumenten voor, verdacht voor, suspect voor",
      ),
    ),
  ],
  negationAfter: [
    ...pairs(
      [
        "niet",
        "niet hier",
        "niet nu",
        "niet thans",
        "niet op deze opname|opnames|foto|beelden",
        "niet worden",
        "niet kunnen worden",
        "wordt niet",
        "worden niet",
        "op geen enkele opname",
        "nergens",
      ],
      found,
    ),
    ...pairs(["is", "zijn", "werd", "werden", "wordt"], ["uitgesloten", "verdwenen"]),
    ...terms(
      "uitgesloten, afwezig, ontbreekt, ontbreken, verdwenen, opgelost, negatief, onwaarschijnlijk",
    ),
    ...terms(
      "is onwaarschijnlijk, zeer onwaarschijnlijk, lijkt onwaarschijnlijk, wordt onwaarschijnlijk geacht",
    ),
  ],
  possibleBefore: [
    // Adjectives and adverbs.
    ...terms("mogelijk, mogelijke, wellicht, misschien, waarschijnlijk, waarschijnlijke, wsch"),
    ...terms("vermoedelijk, vermoedelijke, verdacht, verdachte, suspect, suspecte, suspicieus"),
    ...terms(
      "twijfelachtig, twijfelachtige, dubieus, dubieuze, onzeker, onzekere, eventueel, eventuele",
    ),
    ...terms(
      "evt, mgl, potentieel, vraagbaar, niet onwaarschijnlijk, niet geheel onwaarschijnlijk",
    ),
    ...terms("niet te differentieren tussen, vraag me af of, roept de vraag op of, vraag of"),
    // What nobody could tell.
    ...pairs(
      terms("niet zeker, niet duidelijk, onduidelijk, onzeker, niet te zeggen, niet bekend"),
      terms("of, of er, of dit, of er een, of er sprake is van"),
    ),
    ...pairs(["weet niet", "weten niet"], ["of", "zeker of", "of er"]),
    ...terms("niet te zeggen, moeilijk te zeggen of, of er een, of er sprake is van"),
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
    ...notExcluded,
  ],
  possibleAfter: [
    ...terms("mogelijk, is mogelijk, lijkt mogelijk, waarschijnlijk, is waarschijnlijk, wellicht"),
    ...terms("te overwegen, twijfelachtig, is twijfelachtig, dubieus, onzeker"),
    ...pairs(["niet duidelijk", "niet evident", "niet overtuigend", "niet met zekerheid"], found),
    ...terms("niet uitsluiten, niet uit sluiten, laat zich niet uitsluiten, niet verworpen worden"),
    ...terms("niet verwerpen, niet worden verworpen, kan niet worden verworpen, te differentieren"),
    ...pairs(pairs(["niet"], halfway), ["uitsluiten"]),
    ...terms("zou kunnen wijzen, kunnen wijzen, kan zijn, zou kunnen zijn, blijft mogelijk"),
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
    niet recent, van oudere datum, is genezen, volledig genezen, genezen`).concat(
    pairs(["niet meer", "niet langer"], found),
  ),
  acute: terms(`
    acute, acuut, nieuwe, nieuw, verse, vers, recente, recent, thans, nu, heden, vandaag, momenteel`),
  terminators: [
    // Conjunctions and prepositions of exception.
    ...terms(
      "maar, doch, echter, behalve, behoudens, afgezien van, hoewel, ofschoon, tenzij, terwijl",
    ),
    // Adverbs that take back.
    ...terms("naast een, naast de, behalve, met uitzondering van, anders dan"),
    ...notExcluded,
    ...terms("wel, toch, desondanks, desalniettemin, niettemin"),
    // New statements.
    ...terms(
      "en een, en er, met een, er is, er zijn, is er, zijn er, is een, en de, er bestaat, waarbij, waardoor, hetgeen, die, dat",
    ),
    ...terms("met intacte, met normale, met tevens, wegens, als gevolg van, ten gevolge van"),
  ],
  coordinators: terms("of, noch, en, en/of"),

  elsewhere: terms(`
    pols*, heup*, rib, ribben, rib*fractuur, rib*fracturen, hand, handen, handfractuur, vinger*, duim*,
    elleboog*, schouder*, clavicula*, sleutelbeen*, scapula*, humerus*, radius*, ulna*, scaphoid*,
    scafoid*, wervel*, sacrum*, bekken*, acetabul*, femur*, heupkop*, dijbeen*, knie*, patella*, schedel*,
    neus*, kaak*, sternum*, onderarm*, bovenarm*`),
  aspects: terms(`
    dislocatie, dislokatie, verplaatsing, angulatie, verkorting, rotatie, malrotatie, comminutie, inzakking,
    impactie, diastase, uitbreiding, intra articulaire uitbreiding, betrokkenheid, trapvorming, step off,
    afstand, verbreding, standsverlies, standsverandering, verlies van repositie, verlies van stand, stand,
    verandering, toename, afname, wijziging, verbetering, verslechtering, progressie, genezing, consolidatie,
    doorbouwing, callus, callusvorming, overbrugging, complicatie, complicaties, instabiliteit, loslating,
    infectie, standsafwijking, positie`),
  articles: terms("de, het, deze, dit, zijn, haar, bekende, eerder beschreven, genoemde"),
  titles: terms(
    "dr, drs, dokter, mr, mevr, mevrouw, dhr, meneer, prof, professor, collega, zuster",
  ),
  conditional: [
    ...terms(
      "indien, mocht, mochten, tenzij, zo er, in geval van, ingeval van, in het geval van, als er",
    ),
    ...terms("als een, als de klachten, als klachten, als pijn, wanneer er, wanneer een"),
    ...terms("bij klinische verdenking, bij blijvende verdenking, bij verdenking, bij aanhoudende"),
    ...terms("bij persisterende, bij twijfel, bij klinisch vermoeden, bij sterke verdenking"),
    ...terms("mri bij, ct bij, ct indien, mri indien"),
  ],
  plannedBefore: terms(`
    wordt met, wordt in, wordt behandeld met, wordt morgen, wordt geopereerd, zal, zullen, krijgt, advies,
    adviseer, adviseren, geadviseerd, voorstel, overweeg, overwegen, overweging, zo nodig, zn, graag, gaarne,
    verwijzing, verwezen, verwezen naar, indicatie voor, indicatie tot, gepland, gepland voor, op de lijst voor,
    naar huis met, ontslagen met, ontslag met, behoeft, te behandelen met, voor, wacht op, volgt, beleid`),
  plannedAfter: terms(`
    meegegeven, mee, niet nodig, niet noodzakelijk, niet geindiceerd, gegeven, geadviseerd, aanbevolen, zo nodig, indien nodig, gepland, volgt, te overwegen,
    bij klachten, bij pijn, voor comfort, ter ondersteuning, aangewezen, geindiceerd, overwegen, morgen,
    wordt aangelegd, aan te leggen`),
  partialViews: pairs(terms("op, in, bij, aan"), [
    ...pairs(
      terms("de, het, een, deze, zijn, haar"),
      terms(`
          ap, voorachterwaartse, laterale, dwarse, mortise, vorkopname, vork, schuine, eerste, vorige,
          eerdere, eerder, oorspronkelijke, voorlopige, oude, foto van, opname van, opnames van, foto s van,
          onderzoek van, initiele, buitenopname`),
    ),
    ...terms("ap, ap opname, laterale, dwarse, mortise, vorkopname, vorige, eerdere, gisteren"),
    ...terms("een van, een opname, sommige"),
  ]),
  answerNo: terms("nee, neen, geen, nihil, n, 0, nul, negatief, afwezig, neg, niet, niet gezien"),
  answerYes: terms("ja, j, aanwezig, positief"),
};
