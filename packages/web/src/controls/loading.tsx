/** Nothing for 300 ms, then a word: what comes sooner must not flicker. */
import type { ReactNode } from "react";
import { useText } from "../strings/text.tsx";
import { useLate } from "./use-late.ts";

export function Loading({ children }: { readonly children?: ReactNode }) {
  const t = useText();
  const late = useLate();
  return (
    <main className="centred" aria-busy="true">
      <h1 className="visually-hidden">{t("app.name")}</h1>
      {late && <p className="muted">{t("app.loading")}</p>}
      {children}
    </main>
  );
}
