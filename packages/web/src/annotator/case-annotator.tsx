/** A case that is drawn on: tools, views, rail and status line around one session. */
import {
  type AnnotatingCase,
  annotatingCaseSchema,
  type CaseImage,
  offersSchema,
  type Thread,
} from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { type DrawingSide, drawingKey } from "../api/queries.ts";
import { IconButton } from "../controls/button.tsx";
import { Icon } from "../controls/icon.tsx";
import { SaveStateLine } from "../controls/save-state.tsx";
import { TopBar } from "../controls/top-bar.tsx";
import { type CaseLock, useCaseLock } from "../reader/case-lock.ts";
import { viewName } from "../reader/view-pane.tsx";
import { useClient, useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import { sharesOfWindow } from "../view/window.ts";
import { AnnotatingFoot, ReviewFoot, sayBlocked } from "./annotating-foot.tsx";
import { AnnotatingKeySheet } from "./annotating-key-sheet.tsx";
import type { AnnotatingActions } from "./annotating-keys.ts";
import { AnnotatingPane } from "./annotating-pane.tsx";
import { AnnotatingRail } from "./annotating-rail.tsx";
import { type AnnotatingSession, openAnnotating } from "./annotating-session.ts";
import { AnnotatingStrip } from "./annotating-strip.tsx";
import { CommentList, type NewComment } from "./comment-list.tsx";
import { makeCross } from "./cross.ts";
import type { DrawingStart } from "./drawing-start.ts";
import type { Journal } from "./journal.ts";
import { saySaid } from "./names.ts";
import { startLiveWire } from "./start-live-wire.ts";
import { blockedBy } from "./submission.ts";
import { toolHint } from "./tools/table.ts";
import { useAnnotatingClock } from "./use-annotating-clock.ts";
import { useAnnotatingKeys } from "./use-annotating-keys.ts";

export interface CaseAnnotatorProps {
  readonly detail: AnnotatingCase;
  readonly side: DrawingSide;
  readonly start: DrawingStart;
  /** Null where the browser keeps nothing. */
  readonly journal: Journal | null;
}

export function drawingImageUrl(side: DrawingSide, code: string, image: string): string {
  return `/api/${side}/${code}/images/${image}`;
}

export function CaseAnnotator({ detail, side, start, journal }: CaseAnnotatorProps) {
  const t = useText();
  const [, go] = useLocation();
  const { outbox, radiographs } = useSignedIn();
  const { settings, change } = useSettings();
  const lock = useCaseLock(detail.code);
  const [session] = useState(() =>
    openAnnotating({
      detail,
      start,
      view: {
        linked: settings.linkViews,
        startWindow: settings.startWithOwn ? settings.ownWindow : null,
      },
      now: Date.now,
      newId: () => crypto.randomUUID(),
    }),
  );
  const [cross] = useState(() => makeCross(session, () => Math.max(devicePixelRatio, 1)));
  const [helpOpen, setHelpOpen] = useState(false);
  const [commenting, setCommenting] = useState(false);
  const [place, setPlace] = useState<NewComment | null>(null);
  const [threads, setThreads] = useState<readonly Thread[]>(detail.threads);
  const [hint, setHint] = useState<string | null>(null);
  const pointerRef = useRef<HTMLSpanElement>(null);
  const { code } = detail;
  const sending = useMachine(outbox, ({ acts }) =>
    acts.some((act) => act.kind === "submit drawing" && act.code === code),
  );
  const isReview = side === "reviews";
  const isClosed = detail.submitted !== null && !detail.submitted.revisable;
  const readOnly = isReview || isClosed || sending || lock.isOurs !== true;

  useAnnotatingClock(session);
  useSaving(session, journal, readOnly);
  useEffect(() => {
    // Windows that lose the focus put aside what was in hand.
    const park = () => session.editor.dispatch({ type: "park" });
    window.addEventListener("blur", park);
    return () => window.removeEventListener("blur", park);
  }, [session]);
  useEffect(
    () =>
      startLiveWire(
        session,
        (image) =>
          radiographs.stateOf(drawingImageUrl(side, code, image)).radiograph?.levels ?? null,
      ),
    [session, radiographs, side, code],
  );

  const submit = useCallback(() => {
    session.editor.dispatch({ type: "take tool", tool: "select" });
    const blocked = blockedBy(session.editor.state(), detail.hasFracture);
    if (blocked !== null) setHint(sayBlocked(blocked, session, t));
    else if (session.conflicts.state().length > 0) setHint(t("conflict.title"));
    else outbox.put(session.submission());
  }, [session, detail, outbox, t]);

  const takeOwnWindow = useCallback(
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

  const comment = useCallback(
    (on: "toggle" | "stop") => {
      if (on === "toggle") session.editor.dispatch({ type: "take tool", tool: "select" });
      setCommenting((is) => on === "toggle" && !is);
    },
    [session],
  );
  const page = useMemo(
    (): AnnotatingActions => ({
      submit,
      saveNow: outbox.tryNow,
      goTo(where) {
        const to = where === "next" ? detail.next : detail.previous;
        session.editor.dispatch({ type: "park" });
        if (to !== null) go(`/annotate/${to}`);
      },
      help: (open) => setHelpOpen((is) => open === "toggle" && !is),
      isHelpOpen: () => helpOpen,
      comment,
      isCommenting: () => commenting,
      ownWindow: () => takeOwnWindow("take"),
    }),
    [submit, outbox, detail, session, go, helpOpen, comment, commenting, takeOwnWindow],
  );
  const keys = useMemo(
    () => ({ session, cross, page, readOnly, pixelRatio: Math.max(devicePixelRatio, 1) }),
    [session, cross, page, readOnly],
  );
  useAnnotatingKeys(keys, settings.singleKeys);
  useEffect(() => session.editor.subscribe(() => setHint(null)), [session]);

  const onPointer = useCallback((at: Point | null, image: CaseImage) => {
    if (pointerRef.current !== null) pointerRef.current.textContent = placeText(at, image);
  }, []);
  const onComment = useCallback(
    (image: string, at: Point) => {
      if (!commenting) return false;
      setPlace({ image, at });
      setCommenting(false);
      return true;
    },
    [commenting],
  );
  const single = useMachine(session.viewer, (state) => state.single);
  const active = useMachine(session.viewer, (state) => state.active);
  const pins = useMemo(() => pinsOf(threads, place), [threads, place]);
  return (
    <div className="case-shell">
      <TopBar
        title={<Title detail={detail} isReview={isReview} />}
        middle={<SaveStateLine />}
        end={
          <IconButton label={t("key.help")} keyName="?" onPress={() => page.help("toggle")}>
            <Icon name="help" />
          </IconButton>
        }
      />
      <main className="case-body">
        <AnnotatingStrip
          session={session}
          readOnly={readOnly}
          commenting={commenting}
          onComment={() => comment("toggle")}
        />
        <section className="views" aria-label={t("case.views")}>
          {detail.images.map((image) => (
            <AnnotatingPane
              key={image.id}
              session={session}
              cross={cross}
              image={image}
              url={drawingImageUrl(side, code, image.id)}
              isHidden={single && active !== image.id}
              readOnly={readOnly}
              pins={pins.get(image.id) ?? NO_PINS}
              onComment={onComment}
              onPointer={onPointer}
              onOwnWindow={takeOwnWindow}
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
          <AnnotatingKeySheet close={() => setHelpOpen(false)} />
        ) : (
          <AnnotatingRail
            session={session}
            cross={cross}
            readOnly={readOnly}
            comments={
              <CommentList
                session={session}
                base={`/api/${side}/${code}`}
                threads={threads}
                onThreads={setThreads}
                place={place}
                onPlace={setPlace}
              />
            }
            foot={
              isReview ? (
                <ReviewFoot code={code} />
              ) : (
                <Foot session={session} lock={lock} sending={sending} submit={submit} />
              )
            }
          />
        )}
      </main>
      <Status session={session} hint={hint} commenting={commenting} pointerRef={pointerRef} />
    </div>
  );
}

const NO_PINS: readonly { readonly at: Point; readonly number: number }[] = [];

function Foot({
  session,
  lock,
  sending,
  submit,
}: {
  readonly session: AnnotatingSession;
  readonly lock: CaseLock;
  readonly sending: boolean;
  readonly submit: () => void;
}) {
  return <AnnotatingFoot session={session} lock={lock} sending={sending} submit={submit} />;
}

/** Every change into the journal and the outbox; what comes back into the session. */
function useSaving(session: AnnotatingSession, journal: Journal | null, readOnly: boolean): void {
  const client = useClient();
  const queries = useQueryClient();
  const { outbox } = useSignedIn();
  const [, go] = useLocation();
  const { code, proposals } = session.detail;
  useEffect(() => {
    if (readOnly) return undefined;
    return session.onChange({
      save: outbox.put,
      journal: (head, steps) => void journal?.write(code, head, steps).catch(() => undefined),
    });
  }, [session, outbox, journal, readOnly, code]);

  useEffect(
    () =>
      outbox.onAcknowledged((done) => {
        if (done.act.code !== code) return;
        if (done.kind === "drawing" && done.act.kind === "drawing") {
          session.saved(done.act.content, done.version);
          if (proposals.shown !== "after the first shape") return;
          // The server shows them once it has seen a shape of one's own.
          void client
            .get(`/api/annotating/${code}/offers`, offersSchema)
            .then(({ offers }) => session.setOffers(offers))
            .catch(() => undefined);
        }
        if (done.kind === "submit drawing") {
          void journal?.forget(code).catch(() => undefined);
          queries.removeQueries({ queryKey: drawingKey("annotating", code) });
          go(done.next === null ? "/worklist?queue=annotation" : `/annotate/${done.next}`);
        }
      }),
    [session, outbox, client, queries, journal, go, code, proposals.shown],
  );

  const stale = useMachine(outbox, ({ refused }) =>
    refused.find(({ act, code: why }) => act.code === code && why === "stale"),
  );
  useEffect(() => {
    if (stale === undefined) return;
    void client
      .get(`/api/annotating/${code}`, annotatingCaseSchema)
      .then(({ draft }) => {
        if (draft === null) return;
        outbox.setVersion(code, draft.version);
        session.mergeWith(draft.content, draft.version);
        outbox.discard(stale.act.requestId);
      })
      .catch(() => undefined);
  }, [stale, client, outbox, session, code]);
}

function Title({
  detail,
  isReview,
}: {
  readonly detail: AnnotatingCase;
  readonly isReview: boolean;
}) {
  const t = useText();
  const [, go] = useLocation();
  return (
    <>
      <IconButton label={t("app.back")} onPress={() => go("/worklist?queue=annotation")}>
        <Icon name="previous" />
      </IconButton>
      <h1>
        {isReview ? `${t("review.title")}: ` : ""}
        {t("case.title", { code: detail.label })}{" "}
        {!isReview && (
          <span className="muted">
            · {t("case.place", { place: detail.place, total: detail.of })}
          </span>
        )}
      </h1>
    </>
  );
}

/** What the tool wants next, what was done last, where the pointer is. */
function Status({
  session: { editor, detail },
  hint,
  commenting,
  pointerRef,
}: {
  readonly session: AnnotatingSession;
  readonly hint: string | null;
  readonly commenting: boolean;
  readonly pointerRef: React.RefObject<HTMLSpanElement | null>;
}) {
  const t = useText();
  const said = useMachine(editor, (state) => state.said);
  const next = useMachine(editor, (state) => toolHint(state.tool));
  const tool = useMachine(editor, (state) => state.tool.tool);
  return (
    <footer className="status-bar">
      <span className="status-tool">{t(`tool.${tool}`)}</span>
      <span className="status-hint" role="status">
        {hint ??
          (commenting
            ? t("hint.comment")
            : said === null
              ? t(next)
              : `${saySaid(said, detail, t)} · ${t(next)}`)}
      </span>
      <span ref={pointerRef} />
    </footer>
  );
}

function pinsOf(threads: readonly Thread[], place: NewComment | null) {
  const pins = new Map<string, { readonly at: Point; readonly number: number }[]>();
  const add = (image: string, at: Point, number: number) =>
    pins.set(image, [...(pins.get(image) ?? []), { at, number }]);
  for (const [index, { image, x, y, resolvedAt }] of threads.entries()) {
    if (resolvedAt === null) add(image, { x, y }, index + 1);
  }
  if (place !== null) add(place.image, place.at, threads.length + 1);
  return pins;
}

/** In millimetres where these are known. */
function placeText(at: Point | null, { pixelSpacingMm }: CaseImage): string {
  if (at === null) return "";
  if (pixelSpacingMm === null) return `${Math.floor(at.x)}, ${Math.floor(at.y)} px`;
  const [rowMm, columnMm] = pixelSpacingMm;
  return `${(at.x * columnMm).toFixed(1)}, ${(at.y * rowMm).toFixed(1)} mm`;
}
