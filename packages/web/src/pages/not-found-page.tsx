import { Link } from "wouter";
import { useText } from "../strings/text.tsx";

export function NotFoundPage() {
  const t = useText();
  return (
    <main className="centred">
      <div className="card">
        <h1>{t("app.not found")}</h1>
        <Link href="/">{t("app.back")}</Link>
      </div>
    </main>
  );
}
