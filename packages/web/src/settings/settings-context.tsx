/** The settings of whoever is signed in: read from the browser, applied to the page, kept on change. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { TextProvider } from "../strings/text.tsx";
import { languageOf } from "../strings/translate.ts";
import { firstSettings, readSettings, type Settings } from "./settings.ts";

interface KeptSettings {
  readonly settings: Settings;
  readonly change: (part: Partial<Settings>) => void;
}

const SettingsContext = createContext<KeptSettings>({ settings: firstSettings, change: () => {} });

/** Without a login there is nothing to keep: the pages before one is signed in. */
export function SettingsProvider({
  login,
  children,
}: {
  readonly login: string | null;
  readonly children: ReactNode;
}) {
  const key = `malleolus:settings:${login ?? ""}`;
  const [settings, setSettings] = useState(() => readSettings(localStorage.getItem(key)));
  const language = settings.language ?? languageOf(navigator.languages);
  useEffect(() => {
    document.documentElement.dataset.theme = settings.theme;
    document.documentElement.lang = language;
  }, [settings.theme, language]);
  const kept = useMemo(
    () => ({
      settings,
      change(part: Partial<Settings>) {
        const next = { ...settings, ...part };
        setSettings(next);
        localStorage.setItem(key, JSON.stringify(next));
        // What the next page looks like before anybody has signed in.
        const { theme, language: chosen } = next;
        localStorage.setItem("malleolus:settings:", JSON.stringify({ theme, language: chosen }));
      },
    }),
    [settings, key],
  );
  return (
    <SettingsContext value={kept}>
      <TextProvider language={language}>{children}</TextProvider>
    </SettingsContext>
  );
}

export function useSettings(): KeptSettings {
  return useContext(SettingsContext);
}
