/** The frame of the pages before one is signed in. */
import type { ReactNode } from "react";
import { useText } from "../strings/text.tsx";
import mark from "../styles/mark.svg";

export function EntryCard({
  title,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ReactNode;
}) {
  const t = useText();
  return (
    <main className="centred">
      <div className={wide ? "card card-wide" : "card"}>
        <div className="brand">
          <img src={mark} alt="" />
          {t("app.name")}
        </div>
        <h1>{title}</h1>
        {children}
        <p className="meta muted">{t("app.research")}</p>
      </div>
    </main>
  );
}
