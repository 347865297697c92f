/** The language of the pages, for every component below. */
import { createContext, type ReactNode, use, useContext, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import {
  type Language,
  type Part,
  type Strings,
  type Translate,
  tables,
  translator,
} from "./translate.ts";

interface Text {
  readonly language: Language;
  readonly table: Strings;
  readonly t: Translate;
}

const TextContext = createContext<Text | null>(null);

/** Whoever waits for a table once more waits for the same promise. */
const loading = new Map<string, Promise<Strings>>();

function stringsOf(language: Language, part: Part): Promise<Strings> {
  const name = `${language} ${part}`;
  const known = loading.get(name) ?? tables[language][part]();
  loading.set(name, known);
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
  const table = use(stringsOf(language, "everybody"));
  const text = useMemo(() => ({ language, table, t: translator(table) }), [language, table]);
  return (
    <TextContext value={text}>
      <I18nProvider locale={language}>{children}</I18nProvider>
    </TextContext>
  );
}

/** For pages that say more than every page does: suspends until their words are there, too. */
export function Words({ part, children }: { readonly part: Part; readonly children: ReactNode }) {
  const { language, table: all } = useSpoken();
  const own = use(stringsOf(language, part));
  const text = useMemo(() => {
    const table = { ...all, ...own };
    return { language, table, t: translator(table) };
  }, [language, all, own]);
  return <TextContext value={text}>{children}</TextContext>;
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
