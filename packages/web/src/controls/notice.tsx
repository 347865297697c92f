/** What the page has to say, where it is said: never over a radiograph. */
import type { ReactNode } from "react";

type Tone = "plain" | "ok" | "warn" | "error";

export function Notice({
  tone = "plain",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <div className={tone === "plain" ? "notice" : `notice notice-${tone}`} role={roleOf(tone)}>
      {children}
    </div>
  );
}

function roleOf(tone: Tone): "alert" | "status" {
  return tone === "error" ? "alert" : "status";
}
