/** How far the study is, for those who run it. The only page with everybody's progress and agreement. */
import { Link } from "wouter";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { isAdministrator, useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { AgreementTable } from "../study/agreement-table.tsx";
import { FrozenDatasets } from "../study/frozen-datasets.tsx";
import { Funnel } from "../study/funnel.tsx";
import { ProgressTable } from "../study/progress-table.tsx";
import { WaitingTable } from "../study/waiting-table.tsx";

export default function StudyPage() {
  const t = useText();
  const { account } = useSignedIn();
  return (
    <div className="page">
      <TopBar title={<PageNavigation />} />
      <main className="content">
        <div className="stack people">
          <h1>{t("study.title")}</h1>
          <Funnel />
          <ProgressTable />
          <AgreementTable />
          <WaitingTable />
          <FrozenDatasets />
          <nav className="nav" aria-label={t("study.further")}>
            <Link href="/rounds">{t("round.title")}</Link>
            {isAdministrator(account) && <Link href="/people">{t("study.invitations")}</Link>}
          </nav>
        </div>
      </main>
    </div>
  );
}
