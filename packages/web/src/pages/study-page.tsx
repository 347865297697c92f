/**
 * How far the study is. Those who run it see everybody's progress and agreement here and nowhere else; those who only
 * look on see the cases.
 */
import { Link } from "wouter";
import { PageNavigation, TopBar } from "../controls/top-bar.tsx";
import { isAdministrator, isCoordinator, useSignedIn } from "../services.ts";
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
      {/* Without a control in it, what scrolls must be reached by keys. */}
      <main className="content" {...(isCoordinator(account) ? {} : { tabIndex: 0 })}>
        <div className="stack people">
          <h1>{t("study.title")}</h1>
          <Funnel />
          {isCoordinator(account) && (
            <>
              <ProgressTable />
              <AgreementTable />
              <WaitingTable />
              <FrozenDatasets />
              <nav className="nav" aria-label={t("study.further")}>
                <Link href="/jobs">{t("jobs.title")}</Link>
                <Link href="/rounds">{t("round.title")}</Link>
                <Link href="/wrong-findings">{t("wrong findings.title")}</Link>
                {isAdministrator(account) && <Link href="/people">{t("study.invitations")}</Link>}
              </nav>
            </>
          )}
        </div>
      </main>
    </div>
  );
}
