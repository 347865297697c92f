/** A case that is open to be read: tools, views, rail and status line around one session. */
import type { CaseDetail, CaseImage, ReadingContent, ReadingProtocol } from "@malleolus/schema";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import type { CaseLock } from "../case/case-lock.ts";
import { CaseShell, CaseTitle } from "../case/case-shell.tsx";
import type { KeyRow } from "../case/key-sheet.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import { classKeys, commands, keyLabel, readerKeys } from "../keys/bindings.ts";
import type { KeyName } from "../keys/match-key.ts";
import { useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import type { Translate } from "../strings/translate.ts";
import { useMachine } from "../use-machine.ts";
import { openCase } from "./case-session.ts";
import { Rail } from "./rail.tsx";
import { RailFoot } from "./rail-foot.tsx";
import { type PageActions, pressKey } from "./reader-keys.ts";
import { missingPart } from "./reading.ts";
import { ReadingPane } from "./reading-pane.tsx";
import { ReadingStatus } from "./reading-status.tsx";
import { ReadingStrip } from "./reading-strip.tsx";
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
  const { settings } = useSettings();
  const noteRef = useRef<HTMLTextAreaElement>(null);
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
  const page = useCasePage(session, () => {
    // Of a key that came while this case was not there yet.
    const missed = keyTurn.missed();
    return missed === null ? null : t("key missed.before", { key: keyLabel(missed) });
  });
  useLayoutEffect(() => keyTurn.told(), [keyTurn]);
  // With the page itself, as its keys: what is said before an ordinary effect would not be saved.
  useLayoutEffect(
    () => (readOnly ? undefined : session.onSaid(outbox.put)),
    [session, outbox, readOnly],
  );

  const { say, help, helpOpen, ownWindow } = page;
  const submit = useCallback(() => {
    const missing = missingPart(session.reading.state(), protocol, t);
    if (missing !== null) say(missing);
    else outbox.put(session.submission());
  }, [session, protocol, outbox, say, t]);

  const press = useCallback(
    (key: KeyName) => {
      const actions: PageActions = {
        submit,
        saveNow: outbox.tryNow,
        focusNote: () => noteRef.current?.focus(),
        goTo(where) {
          const code = where === "next" ? detail.next : detail.previous;
          if (code !== null) go(`/read/${code}`);
          else say(t(where === "next" ? "case.no next" : "case.no previous"));
        },
        refuse(name) {
          const label = keyLabel(name);
          if (standing === "sending") {
            say(t("key missed.sending", { key: label }));
            // The next case may be there before anybody has read that.
            keyTurn.miss(name);
          } else {
            const why = standing === "submitted" ? "key missed.submitted" : "key missed.tab";
            say(t(why, { key: label }));
          }
        },
        help,
        isHelpOpen: () => helpOpen,
        takeOwnWindow: () => ownWindow("take"),
      };
      return pressKey(key, session, actions, readOnly);
    },
    [
      session,
      submit,
      outbox,
      keyTurn,
      detail,
      standing,
      readOnly,
      go,
      help,
      helpOpen,
      ownWindow,
      say,
      t,
    ],
  );
  useCaseKeys(press, settings.singleKeys);
  // What was said in answer to one press does not outlive the next.
  useEffect(() => session.reading.subscribe(() => say(null)), [session, say]);

  const excluded = protocol.exclusions.find(({ id }) => id === VIEW_INSUFFICIENT);
  const exclusion =
    readOnly || excluded === undefined
      ? null
      : {
          name: excluded.name,
          choose: () => session.reading.dispatch({ type: "exclusion", id: excluded.id }),
        };
  return (
    <CaseShell
      session={session}
      page={page}
      detail={detail}
      title={<CaseTitle detail={detail} back={`/worklist?queue=${detail.queue}`} />}
      end={<WithdrawButton />}
      strip={<ReadingStrip session={session} readOnly={readOnly} />}
      pane={(image, isHidden) => (
        <ReadingPane
          key={image.id}
          session={session}
          image={image}
          url={imageUrl(detail, image)}
          isHidden={isHidden}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
          exclusion={exclusion}
        />
      )}
      rail={
        <Rail
          session={session}
          readOnly={readOnly}
          noteRef={noteRef}
          foot={<RailFoot session={session} lock={lock} submit={submit} />}
        />
      }
      keyRows={() => readingKeyRows(protocol, t)}
      status={<ReadingStatus session={session} hint={page.hint} />}
    />
  );
}

export function imageUrl(
  { code }: Pick<CaseDetail, "code">,
  { id }: Pick<CaseImage, "id">,
): string {
  return `/api/cases/${code}/images/${id}`;
}

/** For the sheet behind `?`. */
function readingKeyRows(protocol: ReadingProtocol, t: Translate): readonly KeyRow[] {
  const keysOf = (command: string) =>
    [...readerKeys].filter(([, one]) => one === command).map(([key]) => keyLabel(key));
  const classes = protocol.classes.map(({ id, name }) => ({
    id,
    keys: [keyLabel(classKeys(protocol).get(id) ?? "")],
    text: name,
  }));
  const others = commands
    .filter((command) => command !== "exclude")
    .map((command) => ({ id: command, keys: keysOf(command), text: t(`key.${command}`) }));
  return [
    ...classes,
    { id: "exclude", keys: ["X", "1–9"], text: t("key.exclude") },
    { id: "certainty", keys: ["Shift+1–5"], text: t("key.certainty") },
    ...others,
  ];
}
