/** A case that is open: tools, views, rail and status line around one session. */
import type { CaseDetail, CaseImage, ReadingContent, ReadingProtocol } from "@malleolus/schema";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { SaveStateLine } from "../controls/save-state.tsx";
import { TopBar } from "../controls/top-bar.tsx";
import { keyLabel } from "../keys/bindings.ts";
import { useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import { sharesOfWindow } from "../view/window.ts";
import type { CaseLock } from "./case-lock.ts";
import { openCase } from "./case-session.ts";
import { KeySheet } from "./key-sheet.tsx";
import { Rail } from "./rail.tsx";
import { RailFoot } from "./rail-foot.tsx";
import type { PageActions } from "./reader-keys.ts";
import { missingPart } from "./reading.ts";
import { StatusLine } from "./status-line.tsx";
import { ToolStrip } from "./tool-strip.tsx";
import { useCaseClock } from "./use-case-clock.ts";
import { useReaderKeys } from "./use-reader-keys.ts";
import { ViewPane, viewName } from "./view-pane.tsx";
import { WithdrawButton } from "./withdraw-button.tsx";

export interface CaseReaderProps {
  readonly detail: CaseDetail;
  readonly protocol: ReadingProtocol;
  /** What was said before, on the server or only on this computer. */
  readonly content: ReadingContent | null;
  readonly lock: CaseLock;
}

/** The exclusion that an image which cannot be shown calls for. */
const VIEW_INSUFFICIENT = "view-insufficient";

export function CaseReader({ detail, protocol, content, lock }: CaseReaderProps) {
  const t = useText();
  const [, go] = useLocation();
  const { outbox, keyTurn } = useSignedIn();
  const { settings, change } = useSettings();
  const [helpOpen, setHelpOpen] = useState(false);
  // Of a key that came while this case was not there yet.
  const [hint, setHint] = useState(() => {
    const missed = keyTurn.missed();
    return missed === null ? null : t("key missed.before", { key: keyLabel(missed) });
  });
  useLayoutEffect(() => keyTurn.told(), [keyTurn]);
  const noteRef = useRef<HTMLTextAreaElement>(null);
  const pointerRef = useRef<HTMLSpanElement>(null);
  const sending = useMachine(outbox, ({ acts }) =>
    acts.some(({ kind, code }) => kind === "submit" && code === detail.code),
  );
  const offline = useMachine(outbox, ({ trouble }) => trouble === "offline");
  const standing = sending ? "sending" : detail.state === "submitted" ? "submitted" : lock.isOurs;
  const readOnly = standing !== true;
  // Without a network reading goes on, as far as radiographs are here.
  useEffect(() => {
    if (sending && offline && detail.next !== null) go(`/read/${detail.next}`);
  }, [sending, offline, detail.next, go]);

  // The settings with which it was opened: a later change is for the next case.
  const [session] = useState(() =>
    openCase({
      detail,
      protocol,
      content,
      view: {
        linked: settings.linkViews,
        startWindow: settings.startWithOwn ? settings.ownWindow : null,
      },
      monitor: () => ({
        screenWidth: screen.width,
        screenHeight: screen.height,
        pixelRatio: devicePixelRatio,
      }),
      now: Date.now,
      newId: () => crypto.randomUUID(),
    }),
  );
  useCaseClock(session);
  // With the page itself, as its keys: what is said before an ordinary effect would not be saved.
  useLayoutEffect(
    () => (readOnly ? undefined : session.onSaid(outbox.put)),
    [session, outbox, readOnly],
  );

  const submit = useCallback(() => {
    const missing = missingPart(session.reading.state(), protocol, t);
    if (missing !== null) setHint(missing);
    else outbox.put(session.submission());
  }, [session, protocol, outbox, t]);

  const useOwnWindow = useCallback(
    (use: "take" | "keep") => {
      const { views, active } = session.viewer.state();
      const view = views.find(({ id }) => id === active);
      if (use === "keep" && view?.histogram && view.window) {
        change({ ownWindow: sharesOfWindow(view.histogram, view.window) });
        setHint(t("preset.kept"));
      } else if (settings.ownWindow === null) setHint(t("preset.none"));
      else session.viewer.dispatch({ type: "shares", shares: settings.ownWindow });
    },
    [session, settings.ownWindow, change, t],
  );

  const page = useMemo(
    (): PageActions => ({
      submit,
      saveNow: outbox.tryNow,
      focusNote: () => noteRef.current?.focus(),
      goTo(where) {
        const code = where === "next" ? detail.next : detail.previous;
        if (code !== null) go(`/read/${code}`);
        else setHint(t(where === "next" ? "case.no next" : "case.no previous"));
      },
      refuse(name) {
        const key = keyLabel(name);
        if (standing === "sending") {
          setHint(t("key missed.sending", { key }));
          // The next case may be there before anybody has read that.
          keyTurn.miss(name);
        } else {
          setHint(t(standing === "submitted" ? "key missed.submitted" : "key missed.tab", { key }));
        }
      },
      help: (open) => setHelpOpen((is) => open === "toggle" && !is),
      isHelpOpen: () => helpOpen,
      ownWindow() {
        if (settings.ownWindow === null) setHint(t("preset.none"));
        return settings.ownWindow;
      },
    }),
    [submit, outbox, keyTurn, detail, standing, go, helpOpen, settings.ownWindow, t],
  );
  useReaderKeys(session, page, { readOnly, singleKeys: settings.singleKeys });
  // What was said in answer to one press does not outlive the next.
  useEffect(() => session.reading.subscribe(() => setHint(null)), [session]);

  const onPointer = useCallback((at: Point | null, image: CaseImage) => {
    if (pointerRef.current !== null) pointerRef.current.textContent = placeText(at, image);
  }, []);

  const exclusion = protocol.exclusions.find(({ id }) => id === VIEW_INSUFFICIENT);
  const single = useMachine(session.viewer, (state) => state.single);
  const active = useMachine(session.viewer, (state) => state.active);
  return (
    <div className="case-shell">
      <TopBar
        title={<CaseTitle detail={detail} />}
        middle={<SaveStateLine />}
        end={
          <>
            <WithdrawButton />
            <IconButton label={t("key.help")} keyName="?" onPress={() => page.help("toggle")}>
              <Icon name="help" />
            </IconButton>
          </>
        }
      />
      <main className="case-body">
        <ToolStrip session={session} readOnly={readOnly} />
        <section className="views" aria-label={t("case.views")}>
          {detail.images.map((image) => (
            <ViewPane
              key={image.id}
              session={session}
              image={image}
              url={imageUrl(detail, image)}
              isHidden={single && active !== image.id}
              onPointer={onPointer}
              onOwnWindow={useOwnWindow}
              exclusionName={exclusion?.name ?? null}
              onExclude={
                readOnly || exclusion === undefined
                  ? null
                  : () => session.reading.dispatch({ type: "exclusion", id: exclusion.id })
              }
            />
          ))}
          {!single &&
            detail.missing.map((view) => (
              <div className="view-missing" key={view}>
                {t("view.missing", { view: viewName(view, t) })}
              </div>
            ))}
        </section>
        {helpOpen ? (
          <KeySheet session={session} close={() => setHelpOpen(false)} />
        ) : (
          <Rail
            session={session}
            readOnly={readOnly}
            noteRef={noteRef}
            foot={<RailFoot session={session} lock={lock} submit={submit} />}
          />
        )}
      </main>
      <StatusLine session={session} hint={hint} pointerRef={pointerRef} />
    </div>
  );
}

export function imageUrl(
  { code }: Pick<CaseDetail, "code">,
  { id }: Pick<CaseImage, "id">,
): string {
  return `/api/cases/${code}/images/${id}`;
}

function CaseTitle({ detail }: Pick<CaseReaderProps, "detail">) {
  const t = useText();
  const [, go] = useLocation();
  return (
    <>
      <IconButton label={t("app.back")} onPress={() => go(`/worklist?queue=${detail.queue}`)}>
        <Icon name="previous" />
      </IconButton>
      <h1>
        {t("case.title", { code: detail.label })}{" "}
        <span className="muted">
          · {t("case.place", { place: detail.place, total: detail.of })}
        </span>
      </h1>
    </>
  );
}

/** Where the pointer is, in millimetres where these are known. */
function placeText(at: Point | null, { pixelSpacingMm }: CaseImage): string {
  if (at === null) return "";
  if (pixelSpacingMm === null) return `${Math.floor(at.x)}, ${Math.floor(at.y)} px`;
  const [rowMm, columnMm] = pixelSpacingMm;
  return `${(at.x * columnMm).toFixed(1)}, ${(at.y * rowMm).toFixed(1)} mm`;
}
