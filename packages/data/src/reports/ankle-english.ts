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
  apparent, appreciated, shown, found, recognised, recognized, noted, confirmed, discernible, there,
  revealed, observed, perceived, perceptible, discerned, depicted, delineated, established,
  demonstrable, detectable, identifiable, recognisable, recognizable, appreciable`);

const excluded = terms("excluded, ruled out, dismissed, discounted, discarded, refuted");
const exclude = terms("exclude, rule out, dismiss, discount");
const toFind = terms(`
  see, identify, find, detect, demonstrate, show, discern, visualise, visualize, appreciate, make out,
  reveal, recognise, recognize, locate, confirm`);
/** Metal and casts whose names mean other things as well: only where they hold something. */
const metal = terms("plate, plates, pin, pins, nail, nails, wire, wires, hardware");
const splints = terms("splint, splints");
/** A doubt about what was not ruled out; it says something of its own, whatever was denied before. */
const notExcluded = [
  ...pairs(
    terms(`
      cannot, can not, could not, does not, do not, did not, would not, may not, unable to,
      not able to, not possible to, impossible to, difficult to`),
    [
      ...exclude,
      ...pairs(terms("entirely, completely, definitively, fully, confidently, reliably"), exclude),
    ],
  ),
  ...terms("not excluding, without excluding, hard to exclude"),
];
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
const spared = [
  ...tibialPlaces,
  ...terms(
    "talus, talar dome, calcane*, fifth metatarsal base, foot, hindfoot, midfoot, tarsal bones",
  ),
];

export const ankleEnglish: LanguageRules = {
  recognizedBy: terms(`
    the, of, and, is, are, with, there, or, at, on, to, for, in, by, from, this, has, been, as, be,
    views, view, seen, no, not, ankle, fracture, soft, tissue, swelling, joint, lateral, medial,
    left, right, distal, normal, intact, alignment, study, report`),
  abbreviations: terms(`
    approx, fx, incl, lat, med, mall, mal, no, post, prev, prob, prox, poss, vs, undispl, displ`),
  asideHeadings: terms(`
    clinical, clinical history, clinical information, clinical info, clin info, clinical details,
    clin details, clinical data, clinical indication, clinical question, clinical notes, question,
    query, indication, indications, reason for exam, reason for examination, reason for study,
    reason, request, history, hx, patient history, patient s history, presenting complaint,
    provided history, relevant history, past medical history, referral, referral reason, order reason,
    indication for exam, reason for the exam, mechanism, comparison, comparisons, recommendation, recommendations, advice, plan`),
  reportHeadings: terms(`
    technique, views, exam, examination, procedure, finding, findings, result, results, report,
    bones, osseous structures, joints, joint, alignment, soft tissues, mortise, ankle, foot, answer,
    impression, conclusion, opinion, summary, interpretation, comment, addendum`),

  fracture: [
    ...terms("fracture*, microfracture*, fractured, fx, fxs, frx, frac, fract, #, broken"),
    ...pairs(
      terms("cortical, bony, bone, no, any, clean, obvious, definite, osseous"),
      terms("break, breaks"),
    ),
    ...pairs(
      ["break", "breaks"],
      terms(
        "in the cort*, in the bone, of the fibula, in the fibula, through the, at the lateral, at the tip",
      ),
    ),
    ...pairs(
      terms("weber, webber, weber type, weber class, danis weber, danis weber type"),
      terms("a, b, c"),
    ),
    ...pairs(["44"], terms("a1, a2, a3, b1, b2, b3, c1, c2, c3")),
    ...terms("44a1, 44a2, 44b1, 44b2, 44c1, 44c2, danis weber"),
    ...pairs(["lauge hansen", "lauge hansen type"], terms("ser, per, sad, sa, pa, pab, pad")),
    ...pairs(["ser", "sad", "pab"], terms("i, ii, iii, iv, type, injury")),
    ...terms("ser 1, ser 2, ser 3, ser 4, sad 1, sad 2"),
    ...pairs(["per"], terms("iii, iv")),
    ...terms("supination external rotation, pronation external rotation, supination adduction"),
    ...pairs(["cortical"], terms("break, breach, disruption, step*, discontinuity, interruption")),
    ...terms("avulsion, avulsions, avulsed, fissure, bone fragment*, bony fragment*"),
    ...terms("maisonneuve, pott s, salter harris"),
  ],
  prepositions: terms(`
    of, in, at, through, involving, across, within, off, from, to, around, about, near, over, by, with,
    adjacent to, on, along, between, into`),
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
      metatars*, mt5, mt 5, fifth mt, 5th mt, 5th metatars*, base of the fifth, base of fifth, base of the 5th,
      jones fracture*, jones type, pseudo jones, pseudojones, lisfranc, chopart, hindfoot, midfoot, forefoot, toe, toes, hallux, phalan*, foot,
      anterior process, sustentaculum, sesamoid*, os peroneum`),
  },
  abnormality: [
    ...terms("boney injury, boney abnormalit*"),
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
      cast, casts, casted, plaster, plaster of paris, pop cast, pop backslab, pop slab, in pop, in a pop,
      pop in situ, pop in place, through pop, backslab, back slab, backslabs, splinted, fibreglass,
      fiberglass, walker boot`).concat(
      pairs(
        terms("in, in a, in the, through, through the, through a, overlying, within a"),
        splints,
      ),
      pairs(
        terms("plaster, fibreglass, fiberglass, posterior, stirrup, overlying, external"),
        splints,
      ),
      pairs(
        splints,
        terms(
          "in situ, in place, material, placement, application, obscur*, is present, overlies, noted",
        ),
      ),
      pairs(["with"], ["overlying splint", "a splint in place"]),
    ),
    hardware: terms(`
      orif, plated, screw, screws, metalwork, metal work, fixation, fixator, intramedullary nail, im nail,
      k wire*, kirschner, cerclage, tightrope, suture button, syndesmotic screw*, osteosynthesis,
      prosthesis, arthroplasty, ankle replacement, joint replacement, arthrodesis, surgical anchor*,
      suture anchor*, pinned, pinning`).concat(
      pairs(
        metal,
        terms("and pins, and wires, in situ, in place, in position, intact, removed, noted"),
      ),
      pairs(
        metal,
        terms("removal, fracture, loosening, failure, complication*, unchanged, is, are"),
      ),
      pairs(
        metal,
        pairs(
          terms("in, in the, across, across the, through, of, of the, over"),
          terms("fibula*, distal, lateral, ankle, malleol*, tibia*, syndesmo*, bone"),
        ),
      ),
      pairs(
        terms(
          "fibula, fibular, lateral, malleolar, tubular, locking, buttress, neutralisation, neutralization, metal, titanium, orthopaedic, orthopedic, surgical, fixation, internal, syndesmotic, retained, intramedullary, percutaneous, tension band, removal of, removal of the, old, existing",
        ),
        metal,
      ),
      pairs(
        terms(
          "fixed with, with, stabilised with, stabilized with, held with, held by, treated with, loosening of, loosening of the",
        ),
        metal,
      ),
      pairs(terms("fixed with a, with a, treated with a, held with a"), ["plate", "nail"]),
      ["hardware"],
    ),
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
      terms("clinic, boot, risk, protocol, team, follow up, service, liaison, blister*, pathway"),
    ),
    // Words with another meaning than the one that counts.
    ...terms("hardware store, hardware shop, hardware department, plate glass, plate compactor"),
    ...terms("toe nail, toenail, finger nail, nail gun, nail bed, barbed wire, pins and needles"),
    ...terms(
      "broken glass, broken bottle, broken night, cast iron, plaster cast room, plaster room, bowling pins, heard a pop",
    ),
    ...terms(
      "electric wire, wire fence, order #, phone #, tel #, accession #, mrn #, pager #, ext #",
    ),
    ...terms("room #, bed #, id #, invoice #, account #, reference #, ref #"),
    ...terms("risk of fracture, stress fracture protocol, virtual fracture, some fractures"),
    ...pairs(["fractures"], terms("may, can be, can initially, are initially, are sometimes")),
    ...terms("occult fractures, not all fractures"),
    ...pairs(
      terms("coffee, lunch, tea, school, summer, winter, spring, half term, a, the, training"),
      terms("break, breaks"),
    ),
    ...pairs(["break"], terms("room, dancing, dance, time, down")),
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
    ...terms("bimall* equivalent, bi malleolar equivalent, trimall* equivalent"),
    // Places that only say how high.
    ...pairs(
      terms("reach, reaches, extend to, extends to, extend into, extends into, involve, involves"),
      terms("the plafond, the tibial plafond, plafond, tibial plafond"),
    ),
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
    // Places of a clinic, a fall or a film.
    ...pairs(
      terms("xr, xray, x ray, radiograph of the, radiographs of the, views of the, film of the"),
      terms("foot, left foot, right foot, tib fib, tib/fib, tibia and fibula, heel, calcaneus"),
    ),
    ...pairs(["foot", "toe", "heel"], terms("clinic, surgeon*, team, wear, drop, pain, injury")),
    ...pairs(
      terms("his, her, their, on, on the, stubbed his, stubbed her"),
      terms("foot, heel, toe, heels, toes"),
    ),
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
    ...terms(
      "not only, not merely, not just, no comparison, no priors, not available, non acute, not old",
    ),
    ...terms("no previous available, no previous imaging, no previous for comparison"),
    ...pairs(["no", "no other"], terms("old films, previous films, prior films, films, images")),
    // What is beyond doubt.
    ...pairs(
      terms("no, without, without any, beyond, beyond any, not in, little"),
      terms("doubt, doubt about, question about, doubt that, question that, doubt of"),
    ),
    ...terms(
      "no denying, no mistaking, no mistake about, unmistakable, not in doubt, no uncertainty",
    ),
    ...terms("without question, beyond question, out of the question, question answered"),
    ...terms("no other ... than"),
    // Seen all the same.
    ...pairs(
      pairs(
        ["not"],
        terms("well, fully, completely, adequately, optimally, entirely, properly, ideally"),
      ),
      [...found, "included", "assessed", "evaluated", "covered", "imaged"],
    ),
    ...pairs(["not previously", "not initially", "not originally", "not ... previously"], found),
    ...pairs(["not"], pairs(found, terms("previously, before, initially, earlier"))),
    ...pairs(["not"], terms("mentioned, reported, described, included, previously described")),
    ...pairs(
      terms("prior, previous, old, earlier"),
      terms("radiograph*, exam*, stud*, image*, imaging, film*, report*, x ray*, xray*"),
    ),
    ...terms(
      "non displaced, nondisplaced, not displaced, not significantly displaced, not comminuted, without displacement, without angulation",
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
    // How old somebody is, and how well.
    ...pairs(terms("year, years, yr, yrs, y, month, months, day, days"), ["old"]),
    ...pairs(
      ["old", "older"],
      terms("man, woman, lady, gentleman, patient, female, male, person, boy, girl, adult"),
    ),
    ...pairs(
      terms("previously, known, chronic, long standing, longstanding"),
      terms(
        "well, healthy, fit, diabet*, asthma*, smok*, hypertens*, osteopor*, alcohol*, patient",
      ),
    ),
  ],

  negationBefore: [
    // Determiners, adverbs, pronouns.
    ...terms(
      "no, not, nor, neither, none, never, nil, non, not a, not any, no such, nothing, nowhere",
    ),
    ...terms("wihtout, witout, withou, hardly any, barely any, scarcely any"),
    // Nouns of evidence, which a "no" governs.
    ...pairs(
      ["no", "no radiographic", "no radiological", "no plain film", "no convincing", "no definite"],
      terms(
        "evidence, evidence of, evidence for, evidence that, suggestion that, indication that, sign, sign of, signs of, indication of, suggestion of, features of, feature of",
      ),
    ),
    ...terms("no suspicion of, no suspicious, no obvious, no definite, no convincing, no gross"),
    // Prepositions.
    ...terms("without, w/o, without evidence of, without any, rather than, instead of"),
    // Adjectives and nouns.
    ...terms("negative for, free of, free from, absent, absence of, lack of, devoid of"),
    // Verbs.
    ...terms("lacks, denies, excludes, rules out, ruled out, fails to show, fails to demonstrate"),
    ...pairs(["does not", "do not", "did not", "cannot", "could not"], toFind),
    ...pairs(terms("unable to, not able to, inability to, fail to, fails to, failed to"), toFind),
    ...pairs(["fails to", "failed to", "failing to"], ["demonstrate any", "show any"]),
    // "I do not think there is": the "not" belongs to what is thought.
    ...pairs(
      pairs(
        ["not"],
        terms("think, believe, feel, consider, suspect, thought, believed, felt, suspected"),
      ),
      terms(
        "that, there is, there are, that there is, that there are, this is, that this is, it is",
      ),
    ),
    ...pairs(
      ["not"],
      terms("think, believe, feel, suspect, thought, believed, felt, suspicious for"),
    ),
    ...pairs(["not"], terms("suspicious of, concerning for, suggestive of")),
    ...terms("unlikely, unlikely to be, unlikely to represent, mistaken for, excluded"),
    ...pairs(["nothing ...", "no ..."], terms("to suggest, to indicate, to support, to represent")),
    // Too little to speak of.
    ...pairs(
      terms("low, very low, little, very little, minimal, no, no real, not much, small, remote"),
      pairs(terms("suspicion, likelihood, probability, evidence, chance, concern, possibility"), [
        "of",
        "for",
      ]),
    ),
    ...pairs(["little", "very little", "not much"], ["to suggest", "to indicate", "to support"]),
  ],
  negationAfter: [
    ...pairs(["not", "is not", "are not", "not be", "cannot be"], found),
    ...pairs(
      pairs(
        ["not"],
        terms("actually, currently, readily, radiographically, otherwise, yet, easily, now"),
      ),
      found,
    ),
    ...terms("not suspected, is not suspected, improbable, is improbable"),
    ...pairs(terms("none, nil"), ["seen", "identified", "present"]),
    ...pairs(["was", "is", "has been", "have been", "were", "are"], excluded),
    ...terms(
      "excluded, ruled out, is absent, are absent, absent, resolved, now resolved, negative",
    ),
    ...terms(
      "unlikely, is unlikely, very unlikely, is very unlikely, is thought unlikely, thought unlikely, considered unlikely",
    ),
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
      "indicating, concern remains for, concern about, wonder if, wonder whether, wondering if",
    ),
    // What nobody could tell.
    ...terms(
      "doubt, doubt that, doubt about, whether, unsure, unsure if, unclear if, uncertain if, not sure, not certain, not clear",
    ),
    ...pairs(
      terms("not, not be, cannot, unable to, difficult to, hard to, impossible to"),
      pairs(terms("tell, say, determine, determined, decide, know"), ["if", "whether"]),
    ),
    ...pairs(["not sure", "not certain", "not clear"], ["if", "whether", "that"]),
    ...terms(
      "suspicious for, suspicious of, suspicion of, suspicion for, concern for, question of",
    ),
    ...terms("concerning for, worrisome for, worrying for, equivocal for, questionable for"),
    ...terms("differential, differential includes, ddx, dd, versus, vs"),
    // What could not be excluded.
    ...notExcluded,
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
    ...terms(
      "in doubt, is in doubt, doubtful, is doubtful, not certain, is not certain, not definite",
    ),
    ...pairs(
      terms("not clearly, not definitely, not confidently, not reliably, not convincingly"),
      found,
    ),
    ...terms("not unequivocally seen, incompletely excluded"),
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
    is old, appears old, looks old, appears chronic, is chronic, appears remote, of long standing,
    has completely healed, has fully healed, completely healed, united, has united`).concat(
    pairs(["no longer", "is no longer", "are no longer"], found),
  ),
  acute: terms("acute, new, fresh, recent, now, current, currently, today, acutely, interval"),
  terminators: [
    // Conjunctions and prepositions of exception.
    ...terms("but, however, except, except for, apart from, other than, aside from, although"),
    ...terms(
      "though, yet, nevertheless, nonetheless, whereas, while, despite, with the exception of",
    ),
    ...terms("besides, beside, in addition to"),
    ...notExcluded,
    // Causes.
    ...terms("secondary to, as a cause for, because of, due to, to account for, to explain"),
    // New statements.
    ...terms(
      "there is, there are, there's, which, that, and a, and an, and there, and the, with a, is a",
    ),
    ...terms("with an, with associated, with intact, with normal, with preserved, as well as"),
  ],
  coordinators: terms("or, and, nor, and/or"),

  elsewhere: terms(`
    wrist*, hip, hips, rib, ribs, hand, hands, finger*, thumb, elbow*, shoulder*, clavic*, scapula*,
    humer*, radius, radial, ulna*, scaphoid, spine, spinal, vertebra*, sacr*, pelvis, pelvic, acetabul*,
    femur, femoral, neck of femur, knee*, patell*, skull, facial, nasal, mandib*, orbit*, stern*, forearm`),
  aspects: terms(`
    displacement, malposition, angulation, shortening, rotation, malrotation, comminution, impaction,
    distraction, diastasis, extension, intra articular extension, intraarticular extension, involvement,
    articular involvement, depression, step off, stepoff, step, overlap, separation, gapping, widening,
    loss of reduction, loss of position, loss of alignment, loss of fixation, reduction, alignment,
    position, change, interval change, progression, improvement, deterioration, movement, migration,
    healing, union, bridging, callus, callus formation, consolidation, bony bridging, remodelling,
    complication, complications, instability, talar shift, loosening, failure, infection, nonunion`),
  articles: terms("the, this, these, its, his, her, known, previously described, previously noted"),
  titles: terms("dr, doctor, mr, mrs, ms, miss, prof, professor, sister, nurse"),
  conditional: [
    ...terms("if, unless, in case of, in the event of, in the case of, in case"),
    ...pairs(
      ["should"],
      terms("a, there, it, this, symptom*, pain, clinical, concern, suspicion, the patient, any"),
    ),
    ...pairs(["when", "where"], ["a", "there is", "there remains", "clinically"]),
    ...terms("return if, can miss, may miss, can be missed, may be missed, is not always visible"),
    ...terms("consider ct, consider mri, consider repeat, mri for, ct for, to look for"),
  ],
  plannedBefore: terms(`
    will be, will need, will require, will have, will receive, will go, will consider, to be, to have,
    needs, need, needing, needed, requires, require, requiring, recommend*, advise*, advice, suggest*,
    consider, considering, please, refer for, referred for, referral for, refer to, awaiting, await,
    pending, planned, plan for, plan is, booked for, listed for, scheduled for, candidate for, indication
    for, discharged with, discharged in, sent home with, given, treat with, treat in, prior to, before,
    may need, might need, may require, fit with, apply, for application of`),
  plannedAfter: terms(`
    for comfort, for support, if needed, if required, if pain*, as needed, as required, advised,
    recommended, suggested, given, provided, supplied, not needed, not required, not necessary, is planned, planned, to follow, will be applied, will be
    given, to be applied, tomorrow, later today, is needed, is required, needed, required, prn`),
  partialViews: pairs(terms("on, in, at, from"), [
    ...pairs(
      ["the", "a", "this", "his", "her"],
      terms(`
          ap, anteroposterior, frontal, lateral, mortise, oblique, single, first, initial, previous, prior,
          last, earlier, original, preliminary, old, outside, study of, study from, film of, films of,
          films from, other, external`),
    ),
    ...terms(
      "ap, lateral, mortise, oblique, frontal, prior, previous, initial, earlier, yesterday*",
    ),
    ...terms("one view, one of, some"),
  ]),
  answerNo: terms("no, none, nil, n, 0, zero, nope, negative, absent, neg, not seen"),
  answerYes: terms("yes, y, present, positive"),
};
