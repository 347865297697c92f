/** Points in time as a page shows them: today by the clock, before by the day. */
import type { Language } from "./translate.ts";

/** Days before months, and hours to 24. */
const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", nl: "nl-NL" };

export function clockTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: "2-digit", minute: "2-digit" }).format(
    at,
  );
}

export function dayOrTime(at: string, now: number, language: Language): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString())
    return clockTime(date.getTime(), language);
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium" }).format(date);
}
