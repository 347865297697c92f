/** Strings by their key, in the language that was chosen, with what is put into them. */
import { dutch } from "./dutch.ts";
import { english, type StringKey } from "./english.ts";

export const languages = ["en", "nl"] as const;
export type Language = (typeof languages)[number];

const tables: Readonly<Record<Language, Readonly<Record<StringKey, string>>>> = {
  en: english,
  nl: dutch,
};

export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: StringKey, values?: Values) => string;

export function translator(language: Language): Translate {
  const table = tables[language];
  return (key, values = {}) =>
    table[key].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(values[name] ?? placeholder),
    );
}

/** The language that a browser asks for, as far as there is a table. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = languages.find((one) => tag.toLowerCase().split("-")[0] === one);
    if (found !== undefined) return found;
  }
  return "en";
}

/** `prefix.name` where the table has it; else the name itself, as a protocol wrote it. */
export function translateName(translate: Translate, prefix: string, name: string): string {
  const key = `${prefix}.${name}`;
  return isStringKey(key) ? translate(key) : name;
}

export function isStringKey(key: string): key is StringKey {
  return Object.hasOwn(english, key);
}
