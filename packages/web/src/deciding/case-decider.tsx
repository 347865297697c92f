/**
 * A case on whose class its readers differ: first the senior's own view, which is kept, then the readings without
 * names, and what holds. Of a panel's meeting it is the screen for the room, with the minutes.
 */
import {
  type DecidingCase,
  type Decision,
  decidingCaseSchema,
  type ReadingProtocol,
  recordedSchema,
} from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { decidingKey, decidingListKey } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { CaseShell, CaseTitle } from "../case/case-shell.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import type { KeyName } from "../keys/match-key.ts";
import { startMachine } from "../machine.ts";
import { type CaseSession, openCase } from "../reader/case-session.ts";
import { beginReading, nextReading } from "../reader/reading.ts";
import { ReadingPane } from "../reader/reading-pane.tsx";
import { ReadingStrip } from "../reader/reading-strip.tsx";
import { useClient } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { decidingKeyRows, pressDecidingKey } from "./deciding-keys.ts";
import { DecidingRail } from "./deciding-rail.tsx";

const WORKLIST = "/worklist";

export function decidingImageUrl(code: string, image: string): string {
  return `/api/deciding/${code}/images/${image}`;
}

export function CaseDecider({
  given,
  protocol,
}: {
  readonly given: DecidingCase;
  readonly protocol: ReadingProtocol;
}) {
  const t = useText();
  const [, go] = useLocation();
  const client = useClient();
  const queries = useQueryClient();
  const { settings } = useSettings();
  const { kind, case: detail, ownView, readings } = given;
  const { code } = detail;
  const [opened] = useState(() =>
    openCase({
      detail,
      protocol,
      content: null,
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
  // The views stay as they are when the readings come; what is chosen begins anew, and nothing is chosen for anybody.
  const isOwnView = readings === null;
  const session = useMemo((): CaseSession => {
    const reading = startMachine(beginReading(null), nextReading);
    return isOwnView ? opened : { ...opened, reading };
  }, [opened, isOwnView]);
  const page = useCasePage(session, () => null);
  const { say, help, helpOpen, ownWindow } = page;
  const [reason, setReason] = useState("");
  const [sending, setSending] = useState(false);
  const isSending = useRef(false);
  // Tried again after an answer that was lost, the same is the same request; another is another.
  const request = useRef({ about: "", id: "" });
  const reasonRef = useRef<HTMLTextAreaElement>(null);

  const submit = useCallback(async () => {
    if (isSending.current) return;
    const { decision } = session.reading.state();
    if (decision === null) {
      say(t("reading.needs decision"));
      return;
    }
    if (!isOwnView && reason.trim() === "") {
      say(t("decide.no reason"));
      reasonRef.current?.focus();
      return;
    }
    isSending.current = true;
    setSending(true);
    const about = JSON.stringify([isOwnView, decision, reason]);
    if (request.current.about !== about) request.current = { about, id: crypto.randomUUID() };
    const { id: requestId } = request.current;
    const url = `/api/deciding/${code}`;
    try {
      if (isOwnView) {
        const { seconds = 0 } = session.content();
        const body = { requestId, decision, seconds };
        const shown = await client.send("POST", `${url}/own-view`, body, decidingCaseSchema);
        queries.setQueryData(decidingKey(code), shown);
        say(t("decide.kept"));
        return;
      }
      const body = { requestId, decision, reason: reason.trim() };
      await client.send("POST", `${url}/decision`, body, recordedSchema);
    } catch (error) {
      say(sayError(t, error));
      return;
    } finally {
      isSending.current = false;
      setSending(false);
    }
    void queries.invalidateQueries({ queryKey: decidingListKey });
    const next = detail.next ?? detail.previous;
    go(next === null ? WORKLIST : `/decide/${next}`);
  }, [session, isOwnView, reason, code, detail, client, queries, go, say, t]);

  const press = useCallback(
    (name: KeyName) =>
      pressDecidingKey(name, session, {
        submit: () => void submit(),
        focusReason: () => reasonRef.current?.focus(),
        adopt(step) {
          const { decision } = session.reading.state();
          const next = neighbour(readings ?? [], decision, step);
          if (next === null) say(t("decide.none shown"));
          else session.reading.dispatch({ type: next.kind, id: next.id });
        },
        goTo(where) {
          const to = where === "next" ? detail.next : detail.previous;
          if (to !== null) go(`/decide/${to}`);
          else say(t(where === "next" ? "case.no next" : "case.no previous"));
        },
        help,
        isHelpOpen: () => helpOpen,
        saveNow: () => undefined,
        takeOwnWindow: () => ownWindow("take"),
      }),
    [session, submit, readings, detail, go, help, helpOpen, ownWindow, say, t],
  );
  useCaseKeys(press, settings.singleKeys);
  useEffect(() => session.reading.subscribe(() => say(null)), [session, say]);

  return (
    <CaseShell
      session={session}
      page={page}
      detail={detail}
      title={<CaseTitle detail={detail} back={WORKLIST} kind={t(`decide.${kind}`)} />}
      strip={<ReadingStrip session={session} readOnly />}
      pane={(image, isHidden) => (
        <ReadingPane
          key={image.id}
          session={opened}
          image={image}
          url={decidingImageUrl(code, image.id)}
          isHidden={isHidden}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
          exclusion={null}
        />
      )}
      rail={
        <DecidingRail
          key={isOwnView ? "own" : "final"}
          session={session}
          kind={kind}
          ownView={ownView}
          readings={readings}
          reason={reason}
          setReason={setReason}
          reasonRef={reasonRef}
          submit={() => void submit()}
          sending={sending}
        />
      }
      keyRows={() => decidingKeyRows(session, t)}
      status={page.hint ?? t(isOwnView ? "decide.hint own" : "decide.hint")}
    />
  );
}

/** What the next reading says that says something else; of none chosen, the first or the last. */
function neighbour(
  readings: NonNullable<DecidingCase["readings"]>,
  chosen: Decision | null,
  step: 1 | -1,
): Decision | null {
  const said = [...new Map(readings.map(({ decision }) => [keyOf(decision), decision])).values()];
  const at = chosen === null ? -1 : said.findIndex((one) => keyOf(one) === keyOf(chosen));
  if (at < 0) return said.at(step === 1 ? 0 : -1) ?? null;
  return said.at((at + step) % said.length) ?? null;
}

function keyOf({ kind, id }: Decision): string {
  return `${kind} ${id}`;
}
