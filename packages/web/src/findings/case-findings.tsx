/**
 * A case with what a detector found on it, beside what holds where that is known: the views, the findings as a list,
 * and whatever else its page puts into the rail. Nothing is saved.
 */
import type { CaseImage, ShownFinding, View } from "@malleolus/schema";
import { type ReactNode, useCallback, useState } from "react";
import { CaseShell } from "../case/case-shell.tsx";
import { ToolStrip } from "../case/tool-strip.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import { type AttachToStage, ViewPane } from "../case/view-pane.tsx";
import { IconToggle } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import type { KeyName } from "../keys/match-key.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import { attachFindingsView } from "./attach-findings-view.ts";
import type { Truth } from "./draw-found.ts";
import { FindingList } from "./finding-list.tsx";
import { findingsKeyRows, pressFindingsKey } from "./findings-keys.ts";
import { type FindingsSession, openFindings } from "./findings-session.ts";

export interface CaseFindingsProps {
  readonly detail: { readonly images: readonly CaseImage[]; readonly missing: readonly View[] };
  readonly findings: readonly ShownFinding[];
  readonly truths: readonly Truth[];
  readonly noFractureClass: string;
  readonly urlOf: (image: string) => string;
  readonly title: ReactNode;
  /** Above the findings in the rail: what is known of the whole case. */
  readonly summary: ReactNode;
  /** Below them. */
  readonly after?: ReactNode;
  /** What can be done with the finding that is chosen. */
  readonly actions?: (chosen: ShownFinding) => ReactNode;
  /** To the neighbours in its row; says so where there is none. */
  readonly goTo: (where: "previous" | "next") => void;
}

export function CaseFindings(props: CaseFindingsProps) {
  const { detail, findings, truths, noFractureClass, goTo } = props;
  const t = useText();
  const { settings } = useSettings();
  const [session] = useState(() =>
    openFindings(detail.images, inOrder(findings, detail.images), {
      linked: settings.linkViews,
      startWindow: settings.startWithOwn ? settings.ownWindow : null,
    }),
  );
  const page = useCasePage(session, () => null);
  const { help, helpOpen, ownWindow } = page;
  const press = useCallback(
    (name: KeyName) =>
      pressFindingsKey(name, session, {
        goTo,
        help,
        isHelpOpen: () => helpOpen,
        saveNow: () => undefined,
        takeOwnWindow: () => ownWindow("take"),
      }),
    [session, goTo, help, helpOpen, ownWindow],
  );
  useCaseKeys(press, settings.singleKeys);
  const place = useMachine(session.chosen, (state) => state);
  const chosen = place === null ? undefined : session.findings.at(place);
  return (
    <CaseShell
      session={session}
      page={page}
      detail={detail}
      title={props.title}
      strip={<FindingsStrip session={session} />}
      pane={(image, isHidden) => (
        <FindingsPane
          key={image.id}
          session={session}
          image={image}
          truths={truths}
          noFractureClass={noFractureClass}
          url={props.urlOf(image.id)}
          isHidden={isHidden}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
        />
      )}
      rail={
        <aside className="rail" aria-label={t("findings.rail")}>
          <div className="rail-scroll">
            {props.summary}
            <FindingList session={session} images={detail.images} />
            {chosen !== undefined && props.actions?.(chosen)}
            {props.after}
          </div>
        </aside>
      }
      keyRows={() => findingsKeyRows(t)}
      status={page.hint ?? t("findings.hint")}
    />
  );
}

/** As their radiographs hang. */
function inOrder(findings: readonly ShownFinding[], images: readonly CaseImage[]): ShownFinding[] {
  const place = ({ image }: ShownFinding) => images.findIndex(({ id }) => id === image);
  return findings.toSorted((a, b) => place(a) - place(b));
}

function FindingsStrip({ session }: { readonly session: FindingsSession }) {
  const t = useText();
  const { viewer } = session;
  const isShown = useMachine(viewer, (state) => state.model === "shown");
  return (
    <ToolStrip
      session={session}
      isDense={false}
      overlays={t("findings.outlines")}
      toggles={
        <IconToggle
          label={t("tool.model")}
          isSelected={isShown}
          onPress={() => viewer.dispatch({ type: "model" })}
        >
          <Icon name="model" />
        </IconToggle>
      }
    >
      {null}
    </ToolStrip>
  );
}

interface FindingsPaneProps {
  readonly session: FindingsSession;
  readonly image: CaseImage;
  readonly truths: readonly Truth[];
  readonly noFractureClass: string;
  readonly url: string;
  readonly isHidden: boolean;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
  readonly onOwnWindow: (use: "take" | "keep") => void;
}

function FindingsPane({ truths, noFractureClass, onPointer, ...props }: FindingsPaneProps) {
  const { session, image } = props;
  const attach = useCallback<AttachToStage>(
    (stage, listeners) =>
      attachFindingsView({
        ...listeners,
        id: image.id,
        stage,
        session,
        truths,
        noFractureClass,
        onPointer: (at) => onPointer(at, image),
      }),
    [session, image, truths, noFractureClass, onPointer],
  );
  return <ViewPane {...props} exclusion={null} attach={attach} />;
}
