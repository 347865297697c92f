/**
 * The ankle protocol's words in English: the project's own list, written for it from how radiologists
 * report, by kinds of words. Mended on the sentences of the tests beside it, on the phantom's reports
 * and on half of the held-out reports; measured on the other half (docs/curate.md).
 * Long because it is a table of words.
 */
import type { LanguageRules } from "@malleolus/schema";
import { pairs, terms } from "./term-lists.ts";

/** Participles that say that something was found. */
const found = terms(`
  seen, identified, visible, visualised, visualized, demonstrated, detected, evident, present,
  apparent, appreciated, shown, found, recognised, recognized, noted, confirmed, discernible, there`);

const excluded = terms("excluded, ruled out");
const halfway = terms("entirely, completely, fully, definitely, confidently, reliably");

/** What a radiograph shows of bones in general, and what is said of it where nothing is broken. */
const bones = terms(`
  bones, bony structures, osseous structures, bony outlines, bony contours, malleoli, cortices,
  cortical margins, bony cortices, bony architecture, skeleton`);
const sound = terms("intact, normal, unremarkable, uninterrupted");

const pictures = terms(`
  study, exam*, radiograph*, film*, series, view*, x ray*, xray*, image*, projection*, appearance*`);

/** Places of the tibia that count against an isolated fracture of the fibula. */
const tibialPlaces = terms(`
  medial malleol*, med malleol*, med mal, med mall, internal malleol*, posterior malleol*,
  post malleol*, posterior mall, tibia, distal tibia, tibial`);
/** Places beside the fibula of which reports say that they are as they should be. */
const spared = [...tibialPlaces, ...terms("talus, talar dome, calcane*, fifth metatarsal base")];

export const ankleEnglish: LanguageRules = {
  recognisedBy: terms(`
    the, of, and, is, are, with, there, or, at, on, to, for, in, by, from, this, has, been, as, be,
    views, view, seen, no, not, ankle, fracture, soft, tissue, swelling, joint, lateral, medial,
    left, right, distal, normal, intact, alignment, study, report`),
  abbreviations: terms(`
    approx, dr, fx, incl, lat, med, mall, mal, no, post, prev, prob, prox, poss, vs, undispl, displ`),
  asideHeadings: terms(`
    clinical, clinical history, clinical information, clinical info, clin info, clinical details,
    clin details, clinical data, clinical indication, clinical question, clinical notes, question,
    query, indication, indications, reason for exam, reason for examination, reason for study,
    reason, request, history, hx, patient history, patient s history, presenting complaint,
    mechanism, comparison, comparisons, recommendation, recommendations, advice, plan`),
  reportHeadings: terms(`
    technique, views, exam, examination, procedure, finding, findings, result, results, report,
    bones, osseous structures, joints, joint, alignment, soft tissues, mortise, ankle, foot, answer,
    impression, conclusion, opinion, summary, interpretation, comment, addendum`),

  fracture: [
    ...terms("fracture*, microfracture*, fractured, fx, fxs, frx, frac, fract, #, broken, break"),
    ...pairs(
      terms("weber, weber type, weber class, danis weber, danis weber type"),
      terms("a, b, c"),
    ),
    ...pairs(["44"], terms("a1, a2, a3, b1, b2, b3, c1, c2, c3")),
    ...terms("44a1, 44a2, 44b1, 44b2, 44c1, 44c2, danis weber"),
    ...terms("supination external rotation, pronation external rotation, supination adduction"),
    ...pairs(["cortical"], terms("break, breach, disruption, step*, discontinuity, interruption")),
    ...terms("avulsion, avulsions, avulsed, fissure, bone fragment*, bony fragment*"),
    ...terms("maisonneuve, pott s, salter harris"),
  ],
  prepositions: terms("of, in, at, through, involving, across, within, off, from, to"),
  targetSites: terms(`
    fibula*, lateral malleol*, lat malleol*, lat mal, lat mall, external malleol*, outer malleol*,
    lateral aspect, lm, weber, maisonneuve, ankle, ankle joint`),
  otherSites: {
    "tibia-involved": [
      ...tibialPlaces,
      ...terms("medial and lateral malleol*, lateral and medial malleol*, both malleoli"),
      ...terms("posterior and lateral malleol*, lateral and posterior malleol*, inner malleol*"),
      ...terms("mm fracture, fracture mm, mm #, fracture of the mm, pm fracture, posterior lip"),
      ...terms("third malleol*, volkmann*, tillaux, chaput, pilon, plafond, bimall*, trimall*"),
      ...terms("bi malleolar, tri malleolar, triplane, tib fib, tib/fib, tibia and fibula"),
    ],
    "other-fracture": terms(`
      talus, talar, calcaneus, calcaneal, calcaneum, os calcis, heel, navicular, cuboid, cuneiform*,
      metatars*, mt5, mt 5, fifth mt, 5th mt, base of the fifth, base of fifth, base of the 5th,
      jones, lisfranc, chopart, hindfoot, midfoot, forefoot, toe, toes, hallux, phalan*, foot,
      anterior process, sustentaculum, sesamoid*, os peroneum`),
  },
  abnormality: [
    ...terms("abnormalit*, injury, injuries, pathology, lesion, lesions"),
    ...pairs(terms("acute, bony, osseous, traumatic, significant"), ["findings", "changes"]),
    ...terms("acute finding, bone trauma, bony trauma, traumatic change*"),
  ],
  normal: [
    ...pairs(bones, sound),
    ...pairs(bones, pairs(["..."], sound)),
    ...pairs(
      ["intact", "normal"],
      terms("bones, bony, osseous, ankle, ankles, malleoli, skeleton"),
    ),
    ...pairs(terms("normal, unremarkable, negative, nad"), pictures),
    ...pairs(pictures, terms("normal, unremarkable, negative")),
    ...pairs(pictures, terms("is normal, are normal, is negative, are negative, is unremarkable")),
    ...terms("unremarkable ankle, within normal limits, nad, nbi, no abnormality detected"),
    ...terms("lateral malleolus and medial malleolus are intact, malleoli are intact"),
  ],
  exclusions: {
    "tibia-involved": [
      ...pairs(terms("medial malleolar, posterior malleolar, posterior, tillaux, tibial"), [
        "fragment",
        "fragments",
      ]),
      ...terms("volkmann*, tibial avulsion, trimalleolar injury, bimalleolar injury"),
    ],
    "old-fracture": [
      ...terms("healed fracture*, united fracture*, ununited fracture*, old avulsion*"),
      ...terms("fracture* ... healed, fracture* ... united, malunion, malunited, nonunion"),
      ...terms("non union, ununited, pseudarthrosis, pseudoarthrosis"),
      ...pairs(terms("old, previous, prior, remote, chronic"), ["injury", "trauma"]),
      ...pairs(terms("old, previous, prior, remote, chronic"), ["... injury", "... trauma"]),
      ...pairs(terms("post traumatic, posttraumatic"), terms("change*, deformity, remodel*")),
    ],
    callus: terms(`
      callus, callous, healing fracture*, fracture ... healing, fracture* ... in healing, consolidat*,
      bridging bone, bony bridging, bony union, fracture healing, interval healing, periosteal new bone,
      partially united, partly united`),
    cast: terms(`
      cast, casts, casted, plaster, pop, backslab, back slab, backslabs, splint, splints, splinted,
      fibreglass, fiberglass, walker boot`),
    hardware: terms(`
      orif, plate, plates, plated, screw, screws, hardware, metalwork, metal work, fixation, fixator,
      intramedullary nail, nail, fibular nail, k wire*, kirschner, wire, wires, cerclage, tightrope,
      suture button, syndesmotic screw*, osteosynthesis, prosthesis, arthroplasty, ankle replacement,
      joint replacement, arthrodesis, surgical anchor*, suture anchor*, pins`),
    "open-physes": [
      ...pairs(terms("open, unfused, widened"), ["phys*", "growth plate*", "epiphys*", "apophys*"]),
      ...pairs(terms("phys*, growth plate*, epiphys*"), terms("... open, ... unfused")),
      ...pairs(terms("phys*, growth plate*"), terms("... not ... fused, ... not ... closed")),
      ...terms(
        "unfused, skeletally immature, skeletal immaturity, immature skeleton, salter harris",
      ),
      ...terms("sh1, sh2, sh i, sh ii, sh 1, sh 2, ossification centre*, ossification center*"),
      ...terms("paediatric ankle, pediatric ankle, physeal injury"),
    ],
    "poor-quality": [
      ...pairs(
        terms("poor, limited, suboptimal, sub optimal, inadequate, insufficient, reduced, low"),
        terms("quality, image*, radiograph*, study, exposure, technique, exam*, film*"),
      ),
      ...pairs(["quality"], terms("... limited, ... poor, ... suboptimal, ... inadequate")),
      ...pairs(["technically"], terms("limited, inadequate, suboptimal, poor, unsatisfactory")),
      ...pairs(
        ["limited by", "degraded by", "obscured by"],
        terms(
          "motion, movement, position*, patient, technique, artefact*, artifact*, exposure, pain",
        ),
      ),
      ...pairs(["motion", "movement"], terms("artefact*, artifact*, blur*, unsharpness")),
      ...pairs(terms("assessment, evaluation, interpretation"), ["is limited", "limited by"]),
      ...terms("non diagnostic, nondiagnostic, underexposed, overexposed, underpenetrated"),
      ...terms("under penetrated, overpenetrated, over exposed, under exposed, degraded, blurred"),
    ],
    "view-insufficient": [
      ...pairs(
        terms("nonstandard, non standard, inadequate, incomplete, suboptimal, unsatisfactory"),
        terms("position*, view*, projection*, series"),
      ),
      ...pairs(terms("incomplete, limited"), terms("study, exam*, assessment, series")),
      ...pairs(terms("study, exam*, series"), ["... incomplete"]),
      ...pairs(terms("lateral, mortise, ap"), terms("... not obtained, ... not acquired")),
      ...pairs(terms("lateral, mortise, ap"), terms("... not performed, ... not possible")),
      ...pairs(terms("no, no true, no proper, no dedicated"), terms("mortise, lateral view")),
      ...pairs(terms("rotated, malrotated"), terms("view*, projection*, film*, image*, lateral")),
      ...pairs(terms("only a single, only one, single, only ap, one"), terms("view, projection")),
      ...terms("malpositioned, malrotated, oblique rather than mortise, rather than mortise"),
      ...terms("ap only, lateral only, poor position*, poorly positioned, not a true lateral"),
    ],
    "other-fracture": [
      ...terms(
        "dislocation, dislocations, dislocated, fracture dislocation, subluxation, subluxed",
      ),
      ...terms("osteomyelitis, metasta*, tumor, tumour, neoplas*, malignan*, lytic, aneurysmal"),
      ...terms("sclerotic lesion, bone cyst, enchondroma, osteochondroma, fibroma, pathological"),
      ...terms("osteochondral lesion, osteochondral defect, osteochondral fracture, charcot"),
      ...terms("osteochondritis dissecans, neuropathic joint, lisfranc injury"),
    ],
  },
  ignored: [
    // Fractures that are none, or elsewhere in the body.
    ...pairs(
      ["fracture"],
      terms("clinic, boot, risk, protocol, team, follow up, service, liaison"),
    ),
    ...terms("risk of fracture, stress fracture protocol, virtual fracture, some fractures"),
    ...pairs(["fractures"], terms("may, can be, can initially, are initially, are sometimes")),
    ...terms("occult fractures, not all fractures, break room"),
    ...pairs(
      terms(
        "wrist, hip, rib, ribs, hand, elbow, shoulder, clavicle, spine, vertebral, femoral, skull",
      ),
      ["fracture*"],
    ),
    ...pairs(
      ["fracture* ...", "#"],
      terms("wrist, hip, ribs, hand, elbow, shoulder, clavicle, spine, femur, radius"),
    ),
    ...pairs(terms("previously, clinically"), terms("questioned, suspected, queried, raised")),
    // What is injured, but is no bone.
    ...pairs(
      terms(
        "ligament, ligamentous, ligamental, syndesmotic, syndesmosis, deltoid, tendon, cartilage",
      ),
      terms("injury, injuries, pathology, abnormalit*"),
    ),
    ...pairs(["soft tissue", "soft tissues", "joint space"], terms("injury, abnormalit*, lesion*")),
    ...terms(
      "inversion injury, eversion injury, twisting injury, mechanism of injury, sports injury",
    ),
    ...terms(
      "post injury, after injury, since injury, time of injury, date of injury, injury to ankle",
    ),
    ...terms("accident, sprain injury, skin lesion*, degenerative abnormalit*"),
    ...pairs(["normal"], terms("mineralisation, mineralization, density, bone density, variant")),
    // Places that only say how high.
    ...pairs(
      terms("level of, above, below, proximal to, distal to, at, to, superior to, inferior to"),
      terms(
        "the plafond, the tibial plafond, tibial plafond, the distal tibial plafond, the ankle",
      ),
    ),
    ...terms("plafond level, tibial plafond level, tibial joint surface, tibial shaft axis"),
    ...terms(
      "tib/fib overlap, tib fib overlap, tib/fib clear space, tibial overlap, level of the mortise",
    ),
    ...terms("talar shift, talar tilt, talar displacement, talar subluxation, heel spur*"),
    ...terms("calcaneal spur*, calcaneal enthes*, foot and ankle, ankle and foot, foot plate"),
    ...pairs(spared, terms("intact, ... intact, ... normal, ... unremarkable, ... spared")),
    ...pairs(spared, terms("... not involved, ... not fractured, ... uninvolved, ... preserved")),
    ...pairs(terms("intact, normal"), spared),
    // Plates and casts that are none, or not there.
    ...terms("weight bearing, weightbearing, growth plate*, end plate, endplate, tarsal plate"),
    ...pairs(
      terms("removal of, removal of the, after removal of, out of, out of the, after, for"),
      terms("cast, plaster, splint, backslab"),
    ),
    ...terms("cast removed, plaster removed, splint removed, cast immobili*, plaster immobili*"),
    // A "no" that denies something else.
    ...pairs(
      terms("no, no interval, no significant, no significant interval"),
      terms("change, displacement, angulation, widening"),
    ),
    ...terms("not only, no previous, no prior, no comparison, no priors, not available"),
    ...pairs(["no", "no other"], terms("old films, previous films, prior films, films, images")),
    ...pairs(
      terms("prior, previous, old, earlier"),
      terms("radiograph*, exam*, stud*, image*, imaging, film*, report*, x ray*, xray*"),
    ),
    ...terms(
      "non displaced, nondisplaced, not displaced, without displacement, without angulation",
    ),
    ...terms("without significant displacement, not widened"),
    ...terms("or old avulsion*, or old fracture fragment, or old injury"),
    // After what the patient comes.
    ...pairs(
      terms("status post, s/p, sp, history of, h/o, post"),
      terms(
        "fall, injury, trauma, inversion, twist*, sprain, mvc, mva, motor vehicle, collision, rta",
      ),
    ),
    ...pairs(terms("old, previous, prior, history of, chronic, recurrent"), [
      "sprain*",
      "ankle sprain*",
    ]),
  ],

  negationBefore: [
    // Determiners, adverbs, pronouns.
    ...terms("no, not, nor, neither, none, never, nil, non, not a, not any, no such"),
    // Nouns of evidence, which a "no" governs.
    ...pairs(
      ["no", "no radiographic", "no radiological", "no plain film", "no convincing", "no definite"],
      terms(
        "evidence of, evidence for, sign of, signs of, indication of, suggestion of, features of",
      ),
    ),
    ...terms("no suspicion of, no suspicious, no obvious, no definite, no convincing, no gross"),
    // Prepositions.
    ...terms("without, w/o, without evidence of, without any, rather than, instead of"),
    // Adjectives and nouns.
    ...terms("negative for, free of, free from, absent, absence of, lack of, devoid of"),
    // Verbs.
    ...terms("lacks, denies, excludes, rules out, ruled out, fails to show, fails to demonstrate"),
    ...terms("does not show, do not show, doesn't show, did not show, cannot see, can't see"),
    ...terms("unlikely to be, unlikely to represent, mistaken for"),
  ],
  negationAfter: [
    ...pairs(["not", "not ...", "is not", "are not", "not clearly", "not be", "no longer"], found),
    ...pairs(terms("none, nil"), ["seen", "identified", "present"]),
    ...pairs(["was", "is", "has been", "have been", "were", "are"], excluded),
    ...terms(
      "excluded, ruled out, is absent, are absent, absent, resolved, now resolved, negative",
    ),
    ...terms("unlikely, is unlikely, very unlikely, thought unlikely, considered unlikely"),
  ],
  possibleBefore: [
    // Adjectives and adverbs.
    ...terms("possible, possibly, poss, probable, probably, prob, likely, presumed, presumably"),
    ...terms("questionable, equivocal, indeterminate, suspicious, suspected, suspect, potential"),
    ...terms(
      "perhaps, maybe, apparent, doubtful, probably no, probably not, likely no, likely not",
    ),
    // Auxiliary verbs.
    ...pairs(terms("may, might, could, would"), terms("be, represent, reflect, indicate, suggest")),
    ...pairs(terms("may, might, could"), terms("well be, well represent, relate to, be due to")),
    // Verbs and nouns of doubt.
    ...terms("suggests, suggesting, suggestive of, suggestion of, raises, raising, possibility of"),
    ...terms(
      "suspicious for, suspicious of, suspicion of, suspicion for, concern for, question of",
    ),
    ...terms("concerning for, worrisome for, worrying for, equivocal for, questionable for"),
    ...terms("differential, differential includes, ddx, dd, versus, vs"),
    // What could not be excluded.
    ...pairs(
      [
        "cannot",
        "can not",
        "can't",
        "could not",
        "does not",
        "do not",
        "unable to",
        "difficult to",
      ],
      terms("exclude, rule out, entirely exclude, completely exclude, definitively exclude"),
    ),
    ...terms("not excluding, without excluding, hard to exclude"),
  ],
  possibleAfter: [
    ...terms("possible, is possible, probable, is probable, likely, is likely, suspected"),
    ...terms("is suspected, is questioned, questioned, questionable, equivocal, is equivocal"),
    ...terms(
      "is a possibility, a possibility, in question, uncertain, is uncertain, indeterminate",
    ),
    ...terms("is a consideration, should be considered, to be considered, not unlikely"),
    ...pairs(["not", "not be", "cannot be", "can not be", "can't be", "could not be"], excluded),
    ...pairs(["not", "cannot be", "can not be", "is not", "not be"], pairs(halfway, excluded)),
    ...pairs(["cannot be ...", "is not", "difficult to", "hard to", "cannot"], excluded),
    ...terms("difficult to exclude, hard to exclude, impossible to exclude"),
  ],
  questionBefore: terms(`
    rule out, r/o, to rule out, exclude, to exclude, evaluate for, evaluation for, assess for, check for,
    query, ?, looking for, look for, ?any, concern of, suspicion clinically, recommend, suggest repeat`),
  questionAfter: ["?"],
  historicalBefore: [
    // Adjectives and adverbs.
    ...terms(
      "old, prior, previous, previously, healed, remote, chronic, longstanding, long standing",
    ),
    ...terms("ancient, former, known, established, corticated, well corticated, earlier"),
    // Nouns and phrases.
    ...terms("history of, past history of, h/o, hx of, hx, pmh, status post, s/p, sequela* of"),
    ...terms("evidence of old, evidence of previous, residual of, residua of, background of"),
  ],
  historicalAfter: terms(`
    in the past, years ago, months ago, year ago, years earlier, has healed, have healed, healed, of old,
    is old, appears old, looks old, appears chronic, is chronic, appears remote, of long standing`),
  acute: terms("acute, new, fresh, recent, now, current, currently, today, acutely, interval"),
  terminators: [
    // Conjunctions and prepositions of exception.
    ...terms("but, however, except, except for, apart from, other than, aside from, although"),
    ...terms("though, yet, nevertheless, nonetheless, whereas, while, despite"),
    // Causes.
    ...terms("secondary to, as a cause for, because of, due to, to account for, to explain"),
    // New statements.
    ...terms(
      "there is, there are, there's, which, that, and a, and an, and there, and the, with a",
    ),
    ...terms("with an, with associated, with intact, with normal, with preserved, as well as"),
  ],
  coordinators: terms("or, and, nor, and/or"),
};
