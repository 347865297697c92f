/** A case that is drawn on: tools, views, rail and status line around one session. */
import {
  type AnnotatingCase,
  annotatingCaseSchema,
  offersSchema,
  type Thread,
} from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { type DrawingSide, drawingKey } from "../api/queries.ts";
import { useCaseLock } from "../case/case-lock.ts";
import { CaseShell, CaseTitle } from "../case/case-shell.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import type { KeyName } from "../keys/match-key.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import { AnnotatingFoot, ReviewFoot, sayBlocked } from "./annotating-foot.tsx";
import {
  type AnnotatingActions,
  annotatingKeyRows,
  pressAnnotatingKey,
} from "./annotating-keys.ts";
import { AnnotatingPane } from "./annotating-pane.tsx";
import { AnnotatingRail } from "./annotating-rail.tsx";
import { type AnnotatingSession, openAnnotating } from "./annotating-session.ts";
import { AnnotatingStatus } from "./annotating-status.tsx";
import { AnnotatingStrip } from "./annotating-strip.tsx";
import { CommentList, type NewComment } from "./comment-list.tsx";
import { makeCross } from "./cross.ts";
import type { DrawingStart } from "./drawing-start.ts";
import type { Journal } from "./journal.ts";
import { startLiveWire } from "./start-live-wire.ts";
import { blockedBy } from "./submission.ts";

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
  const { settings } = useSettings();
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
  const [commenting, setCommenting] = useState(false);
  const [place, setPlace] = useState<NewComment | null>(null);
  const [threads, setThreads] = useState<readonly Thread[]>(detail.threads);
  const page = useCasePage(session, () => null);
  const { code } = detail;
  const sending = useMachine(outbox, ({ acts }) =>
    acts.some((act) => act.kind === "submit drawing" && act.code === code),
  );
  const isReview = side === "reviews";
  const isClosed = detail.submitted !== null && !detail.submitted.revisable;
  const readOnly = isReview || isClosed || sending || lock.isOurs !== true;

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

  const { say, help, helpOpen, ownWindow } = page;
  const submit = useCallback(() => {
    session.editor.dispatch({ type: "take tool", tool: "select" });
    const blocked = blockedBy(session.editor.state(), detail.hasFracture);
    if (blocked !== null) say(sayBlocked(blocked, session, t));
    else if (session.conflicts.state().length > 0) say(t("conflict.title"));
    else outbox.put(session.submission());
  }, [session, detail, outbox, say, t]);

  const comment = useCallback(
    (on: "toggle" | "stop") => {
      if (on === "toggle") session.editor.dispatch({ type: "take tool", tool: "select" });
      setCommenting((is) => on === "toggle" && !is);
    },
    [session],
  );
  const press = useCallback(
    (name: KeyName) => {
      const actions: AnnotatingActions = {
        submit,
        saveNow: outbox.tryNow,
        goTo(where) {
          const to = where === "next" ? detail.next : detail.previous;
          session.editor.dispatch({ type: "park" });
          if (to !== null) go(`/annotate/${to}`);
        },
        help,
        isHelpOpen: () => helpOpen,
        comment,
        isCommenting: () => commenting,
        takeOwnWindow: () => ownWindow("take"),
      };
      const pixelRatio = Math.max(devicePixelRatio, 1);
      return pressAnnotatingKey(name, { session, cross, page: actions, readOnly, pixelRatio });
    },
    [
      session,
      cross,
      submit,
      outbox,
      detail,
      go,
      help,
      helpOpen,
      ownWindow,
      comment,
      commenting,
      readOnly,
    ],
  );
  useCaseKeys(press, settings.singleKeys);
  useEffect(() => session.editor.subscribe(() => say(null)), [session, say]);

  const onComment = useCallback(
    (image: string, at: Point) => {
      if (!commenting) return false;
      setPlace({ image, at });
      setCommenting(false);
      return true;
    },
    [commenting],
  );
  const pins = useMemo(() => pinsOf(threads, place), [threads, place]);
  const tool = useMachine(session.editor, (state) => state.tool.tool);
  return (
    <CaseShell
      session={session}
      page={page}
      detail={detail}
      title={
        <CaseTitle
          detail={detail}
          back="/worklist?queue=annotation"
          {...(isReview ? { kind: t("review.title") } : {})}
        />
      }
      strip={
        <AnnotatingStrip
          session={session}
          readOnly={readOnly}
          commenting={commenting}
          onComment={() => comment("toggle")}
        />
      }
      pane={(image, isHidden) => (
        <AnnotatingPane
          key={image.id}
          session={session}
          cross={cross}
          image={image}
          url={drawingImageUrl(side, code, image.id)}
          isHidden={isHidden}
          readOnly={readOnly}
          pins={pins.get(image.id) ?? NO_PINS}
          onComment={onComment}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
        />
      )}
      rail={
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
              <AnnotatingFoot session={session} lock={lock} sending={sending} submit={submit} />
            )
          }
        />
      }
      keyRows={() => annotatingKeyRows(t)}
      tool={t(`tool.${tool}`)}
      status={<AnnotatingStatus session={session} hint={page.hint} commenting={commenting} />}
    />
  );
}

const NO_PINS: readonly { readonly at: Point; readonly number: number }[] = [];

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
