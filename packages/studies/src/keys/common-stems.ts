/**
 * Words that passphrases are made of and guessers try first, in small letters: what people always
 * choose, names, months and seasons, and the words of this trade, in English and Dutch.
 */
export const COMMON_STEMS: ReadonlySet<string> = new Set(
  `password passwort passwoord wachtwoord passphrase pass secret geheim login logon welcome welkom admin
  administrator root user guest test testing demo temp changeme default letmein access master monkey
  dragon shadow sunshine princess football baseball soccer voetbal hockey superman batman pokemon
  starwars iloveyou love liefde hello hallo trustno freedom whatever computer internet windows samsung
  google apple microsoft office server system database backup security hunter ranger jordan harley
  summer winter spring autumn zomer herfst lente january february march april may june july august
  september october november december januari februari maart mei juni juli augustus oktober monday
  tuesday wednesday thursday friday saturday sunday maandag dinsdag woensdag donderdag vrijdag zaterdag
  zondag michael daniel thomas robert jessica ashley jennifer charlie andrew matthew george william
  anna maria peter pieter johan jan kees klaas emma sophie lisa laura sarah david mark martin
  amsterdam rotterdam utrecht leiden groningen nijmegen maastricht ajax feyenoord holland nederland
  london england paris berlin germany france europe america canada
  hospital ziekenhuis clinic kliniek radiology radiologie radiologist radioloog xray rontgen ankle enkel
  malleolus malleoli fracture fractuur breuk weber bone bot foot voet tibia fibula talus orthopaedic
  orthopedics orthopedie trauma study studie research onderzoek patient patients dicom pacs keys key
  doctor dokter nurse medical medisch health zorg
  correct horse battery staple
  one two three four five six seven eight nine ten een twee drie vier vijf zes zeven acht negen tien
  the and for you this that with from your have are was not but all can our out day get has him his how
  man new now old see way who boy did its let put say she too use cat dog hond kat red blue green rood
  blauw groen black white zwart wit big good god life live star sun moon fire water gold silver money
  family home house huis school work werk time year jaar happy lucky angel baby flower cookie cheese
  chocolate coffee koffie pizza beer music guitar game games player killer thunder tiger lion eagle`
    .trim()
    .split(/\s+/),
);
