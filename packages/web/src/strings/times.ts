/** Points in time as a page shows them: today by the clock, before by the day. */
import type { Language } from "./translate.ts";

export function clockTime(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at);
}

export function dayOrTime(at: string, now: number, language: Language): string {
  const date = new Date(at);
  if (date.toDateString() === new Date(now).toDateString())
    return clockTime(date.getTime(), language);
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(date);
}
