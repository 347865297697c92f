/** Strings by their key, in the language that was chosen, with what is put into them. */
import type { StringKey } from "./english.ts";

export const languages = ["en", "nl"] as const;
export type Language = (typeof languages)[number];

/**
 * `everybody`: of all pages. Beside it, `account`: of signing in and settings; `worklist`: of the list of cases; `study`:
 * of those who run a study.
 */
export type Part = "everybody" | "account" | "worklist" | "study";
export type Strings = Readonly<Partial<Record<StringKey, string>>>;

/** A page loads the parts that it needs of the language that it speaks, and no other. */
export const tables: Readonly<Record<Language, Readonly<Record<Part, () => Promise<Strings>>>>> = {
  en: {
    everybody: async () => (await import("./english.ts")).english,
    account: async () => (await import("./english-account.ts")).englishAccount,
    worklist: async () => (await import("./english-worklist.ts")).englishWorklist,
    study: async () => (await import("./english-study.ts")).englishStudy,
  },
  nl: {
    everybody: async () => (await import("./dutch.ts")).dutch,
    account: async () => (await import("./dutch-account.ts")).dutchAccount,
    worklist: async () => (await import("./dutch-worklist.ts")).dutchWorklist,
    study: async () => (await import("./dutch-study.ts")).dutchStudy,
  },
};

export type Values = Readonly<Record<string, string | number>>;

export interface Translate {
  (key: StringKey, values?: Values): string;
  readonly has: (key: string) => key is StringKey;
}

export function translator(table: Strings): Translate {
  const translate = (key: StringKey, values: Values = {}) => {
    const text = table[key];
    if (text === undefined) throw new Error(`internal: this page has no words for "${key}"`);
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
      String(values[name] ?? placeholder),
    );
  };
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
