/** The language of the pages, for every component below. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import { type Language, type Translate, translator } from "./translate.ts";

interface Text {
  readonly language: Language;
  readonly t: Translate;
}

const TextContext = createContext<Text>({ language: "en", t: translator("en") });

export function TextProvider({
  language,
  children,
}: {
  readonly language: Language;
  readonly children: ReactNode;
}) {
  const text = useMemo(() => ({ language, t: translator(language) }), [language]);
  return (
    <TextContext value={text}>
      <I18nProvider locale={language}>{children}</I18nProvider>
    </TextContext>
  );
}

export function useText(): Translate {
  return useContext(TextContext).t;
}

export function useLanguage(): Language {
  return useContext(TextContext).language;
}
