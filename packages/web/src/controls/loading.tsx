/** Nothing for 300 ms, then a word: what comes sooner must not flicker. */
import { type ReactNode, useEffect, useState } from "react";
import { useText } from "../strings/text.tsx";

const SAY_AFTER_MS = 300;

export function Loading({ children }: { readonly children?: ReactNode }) {
  const t = useText();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SAY_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="centred" aria-busy="true">
      <h1 className="visually-hidden">{t("app.name")}</h1>
      {late && <p className="muted">{t("app.loading")}</p>}
      {children}
    </main>
  );
}
