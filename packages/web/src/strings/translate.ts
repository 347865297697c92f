/** Strings by their key, in the language that was chosen, with what is put into them. */
import type { StringKey } from "./english.ts";

export const languages = ["en", "nl"] as const;
export type Language = (typeof languages)[number];

export type Strings = Readonly<Record<StringKey, string>>;

/** A page loads the table of the language that it speaks, and no other. */
export const tables: Readonly<Record<Language, () => Promise<Strings>>> = {
  en: async () => (await import("./english.ts")).english,
  nl: async () => (await import("./dutch.ts")).dutch,
};

export type Values = Readonly<Record<string, string | number>>;

export interface Translate {
  (key: StringKey, values?: Values): string;
  readonly has: (key: string) => key is StringKey;
}

export function translator(table: Strings): Translate {
  const translate = (key: StringKey, values: Values = {}) =>
    table[key].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(values[name] ?? placeholder),
    );
  const has = (key: string): key is StringKey => Object.hasOwn(table, key);
  return Object.assign(translate, { has });
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
  return translate.has(key) ? translate(key) : name;
}
