/** Signing in, the first account, invitations and settings, in Dutch: no page of a case loads it. */
import type { englishAccount } from "./english-account.ts";

export const dutchAccount: Readonly<Record<keyof typeof englishAccount, string>> = {
  "sign in.title": "Aanmelden",
  "sign in.name": "Gebruikersnaam",
  "sign in.password": "Wachtwoord",
  "sign in.submit": "Aanmelden",
  "sign in.passkey": "Aanmelden met een passkey",
  "sign in.with": "Aanmelden met uw instelling",
  "sign in.with.set-up":
    "De beheerder maakt het eerste account, met de link van de terminal van de server.",
  "sign in.with.provider":
    "De aanmelding van uw instelling antwoordt niet. Probeer het opnieuw, of gebruik een wachtwoord.",
  "sign in.with.refused": "Uw instelling heeft niet bevestigd wie u bent. Probeer het opnieuw.",
  "sign in.with.expired": "Dat duurde te lang, of begon elders. Probeer het opnieuw.",
  "sign in.with.no-role":
    "Uw instelling kent u, maar geen van uw groepen hoort bij deze studie. Vraag de beheerder ervan.",
  "sign in.with.account":
    "Een ander account staat het uwe in de weg, of het is uitgeschakeld. Vraag een beheerder van de studie.",
  "set up.title": "De leeskamer van deze studie inrichten",
  "set up.text":
    "Deze link werkt één keer en maakt het account van de beheerder. Daarna worden anderen uitgenodigd.",
  "set up.submit": "Account maken",
  "set up.no token":
    "Deze pagina opent met de link die de server bij de eerste start in de terminal schreef.",
  "invitation.title": "Uw uitnodiging aannemen",
  "invitation.for": "U bent uitgenodigd als {roles}.",
  "invitation.submit": "Account maken",
  "invitation.no token":
    "Deze pagina opent met de link van een uitnodiging. Vraag een beheerder erom.",
  "account.name": "Gebruikersnaam",
  "account.name hint": "Kleine letters, cijfers, - en _. Hiermee meldt u zich aan.",
  "account.full name": "Uw naam",
  "account.password": "Wachtwoord",
  "account.password hint": "Ten minste {count} tekens; meerdere woorden zijn goed.",
  "account.password again": "Wachtwoord nogmaals",
  "account.password differs": "De twee wachtwoorden verschillen.",
  "account.password short": "Er zijn ten minste {count} tekens nodig.",
  "settings.display": "Beeldscherm",
  "settings.keys": "Toetsen",
  "settings.sections": "Instellingen",
  "settings.theme": "Thema",
  "settings.theme.dark": "Donker",
  "settings.theme.light": "Licht",
  "settings.theme.system": "Zoals het systeem",
  "settings.language": "Taal",
  "settings.link": "Opnamen koppelen bij het openen van een casus",
  "settings.kept": "Bewaard op deze computer, voor dit account.",
  "settings.renderer": "Röntgenfoto's worden hier getekend door {renderer}.",
  "settings.renderer.webgl": "de grafische kaart",
  "settings.renderer.table": "de processor, omdat geen snelle grafische kaart is gevonden",
  "settings.single keys": "Losse toetsen werken",
  "settings.single keys hint":
    "Zet dit uit als spraakherkenning of een schakelaar per ongeluk toetsen indrukt. Ctrl+Enter en Esc blijven werken.",
  "settings.swap": "Andere toetsen",
  "settings.swap hint":
    "Druk op Wijzigen en dan op de gewenste toets. De twee toetsen wisselen van plaats, op elke pagina van een casus.",
  "settings.swap press": "Druk op de toets die de plaats van {key} inneemt, of op Esc.",
  "settings.swap command": "Opdracht",
  "settings.swap key": "Toets",
  "settings.swap change": "Wijzigen",
  "settings.swap named": "De toets wijzigen van: {command}",
  "settings.swap back": "Alle toetsen zoals ze waren",
  "display.title": "Controle van het beeldscherm",
  "display.text":
    "Kijk bij uw leeslicht, 25 tot 40 lux, naar beide velden. In elk moet u net een vierkant zien. Niemand wordt zonder de controle van het lezen afgehouden: de studie houdt bij of zij gedaan is.",
  "display.dark": "Vierkant van 5 % op zwart",
  "display.bright": "Vierkant van 95 % op wit",
  "display.dark seen": "Ik zie het donkere vierkant",
  "display.bright seen": "Ik zie het lichte vierkant",
  "display.save": "Controle van vandaag bewaren",
  "display.kept": "Vandaag om {time} gecontroleerd.",
  "display.failed":
    "Maak het scherm helderder of neem een ander waar een vierkant niet te zien is. De controle wordt zo bewaard.",
  "passkey.title": "Passkeys",
  "passkey.text":
    "Met een passkey meldt u zich aan met een vinger, een gezicht of een pincode, in plaats van met het wachtwoord. Hij werkt alleen op dit adres, zodat geen andere pagina erom kan vragen.",
  "passkey.none": "Voor uw account wordt geen passkey bewaard.",
  "passkey.never": "Nog niet gebruikt",
  "passkey.used": "Laatst gebruikt {time}",
  "passkey.remove": "Verwijderen",
  "passkey.remove named": "{name} verwijderen",
  "passkey.name": "Naam van de nieuwe passkey",
  "passkey.name hint": "Waar hij ligt: Ziekenhuiscomputer, Telefoon.",
  "passkey.add": "Een passkey maken",
  "passkey.cancelled":
    "Er is geen passkey gegeven. Probeer het opnieuw, of gebruik het wachtwoord.",
  "passkey.unknown":
    "Geen account heeft hier deze passkey. Gebruik het wachtwoord, en maak een nieuwe.",
  "passkey.not here":
    "Passkeys vragen een adres met een naam en een browser van deze tijd. Vraag naar het adres van de studie met een naam.",
};
