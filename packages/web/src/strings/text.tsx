/** The language of the pages, for every component below. */
import { createContext, type ReactNode, use, useContext, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import { type Language, type Strings, type Translate, tables, translator } from "./translate.ts";

interface Text {
  readonly language: Language;
  readonly t: Translate;
}

const TextContext = createContext<Text | null>(null);

/** Whoever waits for a table once more waits for the same promise. */
const loading = new Map<Language, Promise<Strings>>();

function stringsOf(language: Language): Promise<Strings> {
  const known = loading.get(language) ?? tables[language]();
  loading.set(language, known);
  return known;
}

/** Suspends until the language's table is there. */

export function TextProvider({
  language,
  children,
}: {
  readonly language: Language;
  readonly children: ReactNode;
}) {
  const table = use(stringsOf(language));
  const text = useMemo(() => ({ language, t: translator(table) }), [language, table]);
  return (
    <TextContext value={text}>
      <I18nProvider locale={language}>{children}</I18nProvider>
    </TextContext>
  );
}

export function useText(): Translate {
  return useSpoken().t;
}

export function useLanguage(): Language {
  return useSpoken().language;
}

function useSpoken(): Text {
  const text = useContext(TextContext);
  if (text === null) throw new Error("internal: words are asked for outside of a language");
  return text;
}
