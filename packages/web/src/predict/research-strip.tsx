/** Above everything that a detector says: what it is not for. */
import type { ReactNode } from "react";
import { useText } from "../strings/text.tsx";

export function WithResearchStrip({ children }: { readonly children: ReactNode }) {
  const t = useText();
  return (
    <div className="with-strip">
      <aside className="research-strip" aria-label={t("predict.notice")}>
        {t("predict.research")}
      </aside>
      {children}
    </div>
  );
}
