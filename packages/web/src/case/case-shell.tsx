/** The page of a case: its name and whether it is saved, tools, views side by side, the rail, the status line. */
import type { CaseImage, View } from "@malleolus/schema";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { IconButton, IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { SaveStateLine } from "../controls/save-state.tsx";
import { TopBar } from "../controls/top-bar.tsx";
import { useSignedIn } from "../services.ts";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { CaseMachines } from "./case-machines.ts";
import { type KeyRow, KeySheet } from "./key-sheet.tsx";
import { viewName } from "./names.ts";
import type { CasePage } from "./use-case-page.ts";

export interface CaseShellProps {
  readonly session: CaseMachines;
  readonly page: CasePage;
  readonly detail: {
    readonly images: readonly CaseImage[];
    readonly missing: readonly View[];
  };
  readonly title: ReactNode;
  /** In the bar, before the button of the keys. */
  readonly end?: ReactNode;
  readonly strip: ReactNode;
  readonly pane: (image: CaseImage, isHidden: boolean) => ReactNode;
  readonly rail: ReactNode;
  readonly keyRows: () => readonly KeyRow[];
  /** The tool in hand, by name; nothing where the status says it itself. */
  readonly tool?: ReactNode;
  /** What the next press does, or what the page has just said. */
  readonly status: ReactNode;
}

export function CaseShell(props: CaseShellProps) {
  const { session, page, detail } = props;
  const t = useText();
  const single = useMachine(session.viewer, (state) => state.single);
  const active = useMachine(session.viewer, (state) => state.active);
  const [railOpen, setRailOpen] = useState(false);
  return (
    <div className="case-shell">
      <TopBar
        title={props.title}
        middle={<SaveStateLine />}
        end={
          <>
            {props.end}
            <IconButton label={t("key.help")} keyName="?" onPress={() => page.help("toggle")}>
              <Icon name="help" />
            </IconButton>
            <span className="rail-toggle">
              <IconToggle
                label={t("case.panel")}
                isSelected={railOpen}
                onPress={() => setRailOpen(!railOpen)}
              >
                <Icon name="panel" />
              </IconToggle>
            </span>
          </>
        }
      />
      <main className="case-body" data-rail={railOpen || page.helpOpen ? "open" : "closed"}>
        {props.strip}
        <section className="views" aria-label={t("case.views")}>
          {detail.images.map((image) => props.pane(image, single && active !== image.id))}
          {!single &&
            detail.missing.map((view) => (
              <div className="view-missing" key={view}>
                {t("view.missing", { view: viewName(view, t) })}
              </div>
            ))}
        </section>
        {page.helpOpen ? (
          <KeySheet rows={props.keyRows()} close={() => page.help("close")} />
        ) : (
          props.rail
        )}
      </main>
      <footer className="status-bar">
        {props.tool !== undefined && <span className="status-tool">{props.tool}</span>}
        <span className="status-hint" role="status">
          {props.status}
        </span>
        <PauseHint />
        <span ref={page.pointerRef} />
      </footer>
    </div>
  );
}

/** After twenty minutes without a pause, for a minute. */
function PauseHint() {
  const t = useText();
  const hinted = useMachine(useSignedIn().looking, (state) => state.hinted);
  return (
    <span className="tone-warn" role="status">
      {hinted && t("case.pause")}
    </span>
  );
}

export interface CaseTitleProps {
  readonly detail: { readonly label: string; readonly place: number; readonly of: number };
  /** The worklist's address. */
  readonly back: string;
  /** What is done with the case, where it is not one of the person's own row. */
  readonly kind?: string;
}

export function CaseTitle({ detail, back, kind }: CaseTitleProps) {
  const t = useText();
  const [, go] = useLocation();
  return (
    <>
      <IconButton label={t("app.back")} onPress={() => go(back)}>
        <Icon name="previous" />
      </IconButton>
      <h1>
        {kind === undefined ? "" : `${kind}: `}
        {t("case.title", { code: detail.label })}{" "}
        {kind === undefined && (
          <span className="muted">
            · {t("case.place", { place: detail.place, total: detail.of })}
          </span>
        )}
      </h1>
    </>
  );
}
