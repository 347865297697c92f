/** Which page an address shows, by whether somebody is signed in and as what. */
import type { Session } from "@malleolus/schema";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useEffect, useRef } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { sessionQuery } from "./api/queries.ts";
import { Loading } from "./controls/loading.tsx";
import { Problem } from "./controls/problem.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { AfterActs } from "./reader/after-acts.tsx";
import {
  isAdministrator,
  isCoordinator,
  isReader,
  seesFlow,
  useClient,
  useSignedIn,
} from "./services.ts";
import { SettingsProvider } from "./settings/settings-context.tsx";
import { SignedInProvider } from "./signed-in.tsx";
import { Words } from "./strings/text.tsx";
import type { Part } from "./strings/translate.ts";

const JoinPage = pageWith("account", () => import("./pages/join-page.tsx"));
const SetUpPage = pageWith("account", () => import("./pages/set-up-page.tsx"));
const SignInPage = pageWith("account", () => import("./pages/sign-in-page.tsx"));
const WorklistPage = pageWith("worklist", () => import("./pages/worklist-page.tsx"));
const ReadPage = lazy(() => import("./pages/read-page.tsx"));
const RadiographsPage = pageWith("study", () => import("./pages/radiographs-page.tsx"));
const AnnotatePage = lazy(() => import("./pages/annotate-page.tsx"));
const DecidePage = pageWith("study", () => import("./pages/decide-page.tsx"));
const SettlePage = lazy(() => import("./pages/settle-page.tsx"));
const StudyPage = pageWith("study", () => import("./pages/study-page.tsx"));
const RunsPage = pageWith("study", () => import("./pages/runs-page.tsx"));
const RunPage = pageWith("study", () => import("./pages/run-page.tsx"));
const CompareRunsPage = pageWith("study", () => import("./pages/compare-runs-page.tsx"));
const WrongFindingsPage = pageWith("study", () => import("./pages/wrong-findings-page.tsx"));
const WrongFindingPage = pageWith("study", () => import("./pages/wrong-finding-page.tsx"));
const PredictPage = pageWith("study", () => import("./pages/predict-page.tsx"));
const ReportsPage = pageWith("study", () => import("./pages/reports-page.tsx"));
const ReportPage = pageWith("study", () => import("./pages/report-page.tsx"));
const ReportCasePage = pageWith("study", () => import("./pages/report-case-page.tsx"));
const RoundsPage = pageWith("study", () => import("./pages/rounds-page.tsx"));
const DrawingTimesPage = pageWith("study", () => import("./pages/drawing-times-page.tsx"));
const PeoplePage = pageWith("study", () => import("./pages/people-page.tsx"));
const JobsPage = pageWith("study", () => import("./pages/jobs-page.tsx"));
const JobPage = pageWith("study", () => import("./pages/job-page.tsx"));
const SettingsPage = pageWith("account", () => import("./pages/settings-page.tsx"));

/** A page that says more than every page does: it loads its words beside its scripts. */
function pageWith<Props extends object>(
  part: Part,
  load: () => Promise<{ readonly default: ComponentType<Props> }>,
): ComponentType<Props> {
  let asked: ReturnType<typeof load> | undefined;
  const ask = () => {
    asked ??= load();
    return asked;
  };
  const Page = lazy(ask);
  return (props: Props) => {
    void ask();
    return (
      <Words part={part}>
        <Page {...props} />
      </Words>
    );
  };
}

export function App() {
  const session = useQuery(sessionQuery(useClient()));
  const wasSignedIn = useRef(false);
  const state = session.data?.state;
  useEffect(() => {
    if (state === "signed in") wasSignedIn.current = true;
  }, [state]);

  if (session.data === undefined) {
    return (
      <SettingsProvider login={null}>
        {session.error === null ? (
          <Loading />
        ) : (
          <Problem error={session.error} retry={() => void session.refetch()} />
        )}
      </SettingsProvider>
    );
  }
  if (session.data.state === "signed in") return <SignedInPages session={session.data} />;
  return (
    <SettingsProvider login={null} key="nobody">
      <PagesForNobody session={session.data} ended={wasSignedIn.current} />
    </SettingsProvider>
  );
}

type SignedInSession = Extract<Session, { state: "signed in" }>;
type NobodysSession = Exclude<Session, SignedInSession>;

function PagesForNobody({
  session,
  ended,
}: {
  readonly session: NobodysSession;
  readonly ended: boolean;
}) {
  const [path] = useLocation();
  if (session.state === "setup") return <SetUpPage />;
  if (path === "/join") return <JoinPage />;
  return <SignInPage singleSignOn={session.singleSignOn} ended={ended} />;
}

function SignedInPages({ session }: { readonly session: SignedInSession }) {
  return (
    <SettingsProvider login={session.account.login} key={session.account.login}>
      <SignedInProvider account={session.account} study={session.study}>
        <AfterActs>
          <Suspense fallback={<Loading />}>
            <Switch>
              <Route path="/worklist" component={WorklistPage} />
              <Route path="/read/:code">{({ code }) => <ReadPage code={code} key={code} />}</Route>
              <Route path="/annotate/:code">
                {({ code }) => <AnnotatePage code={code} side="annotating" key={code} />}
              </Route>
              <Route path="/review/:code">
                {({ code }) => <AnnotatePage code={code} side="reviews" key={code} />}
              </Route>
              <Route path="/settle/:code">
                {({ code }) => <SettlePage code={code} key={code} />}
              </Route>
              <Route path="/decide/:code">
                {({ code }) => <DecidePage code={code} key={code} />}
              </Route>
              <Route path="/people" component={PeoplePage} />
              <Route path="/study" component={StudyPage} />
              <Route path="/runs" component={RunsPage} />
              <Route path="/runs/:id">{({ id }) => <RunPage id={id} key={id} />}</Route>
              <Route path="/compare-runs" component={CompareRunsPage} />
              <Route path="/jobs" component={JobsPage} />
              <Route path="/jobs/:id">{({ id }) => <JobPage id={id} key={id} />}</Route>
              <Route path="/wrong-findings" component={WrongFindingsPage} />
              <Route path="/wrong-findings/:id">
                {({ id }) => <WrongFindingPage id={id} key={id} />}
              </Route>
              <Route path="/predict/:id?">{({ id }) => <PredictPage id={id} key={id} />}</Route>
              <Route path="/reports" component={ReportsPage} />
              <Route path="/reports/:id">{({ id }) => <ReportPage id={id} key={id} />}</Route>
              <Route path="/reports/:id/cases/:patient">
                {({ id, patient }) => (
                  <ReportCasePage id={id} patient={patient} key={`${id} ${patient}`} />
                )}
              </Route>
              <Route path="/rounds" component={RoundsPage} />
              <Route path="/drawing-times" component={DrawingTimesPage} />
              <Route path="/radiographs" component={RadiographsPage} />
              <Route path="/settings/:section?">
                {({ section }) => <SettingsPage section={section ?? "display"} />}
              </Route>
              <Route path="/join">
                <JoinPage />
              </Route>
              <Route path="/">
                <FirstPage />
              </Route>
              <Route path="/login">
                <FirstPage />
              </Route>
              <Route path="/setup">
                <FirstPage />
              </Route>
              <Route>
                <NotFoundPage />
              </Route>
            </Switch>
          </Suspense>
        </AfterActs>
      </SignedInProvider>
    </SettingsProvider>
  );
}

function FirstPage() {
  const { account } = useSignedIn();
  if (isReader(account)) return <Redirect to="/worklist" replace />;
  if (isAdministrator(account)) return <Redirect to="/people" replace />;
  if (isCoordinator(account)) return <Redirect to="/radiographs" replace />;
  if (seesFlow(account)) return <Redirect to="/study" replace />;
  return <Redirect to="/settings/display" replace />;
}
