/**
 * What the inbox forgets by itself: pixels after their days, however far their study came, and records after theirs.
 */
import type { ServiceSettings } from "@malleolus/schema";
import type { Audit } from "./audit.ts";
import type { Inbox } from "./inbox/inbox.ts";
import type { LiveStudy } from "./inbox/live-study.ts";

const DAY_MS = 86_400_000;
const UNDER_WAY: ReadonlySet<string> = new Set(["receiving", "waiting", "analysing"]);
/** These tell without pixels, too, how a study ended: drift counts refusals. */
const STAYS: ReadonlySet<string> = new Set(["refused", "failed"]);
const NOT_IN_TIME = "It was not analysed before its radiographs had to be deleted. Send it again.";

/** Each study is judged by what it is in the inbox's turn: one to which an image has come meanwhile is kept. */
export async function clean(
  inbox: Inbox,
  audit: Audit,
  { keepPixelsDays, keepRecordsDays }: ServiceSettings,
): Promise<void> {
  const isPast = ({ state, receivedAt }: LiveStudy) =>
    !UNDER_WAY.has(state) && ageMs(receivedAt) > keepRecordsDays * DAY_MS;
  const isOld = ({ state, lastObjectAt, images, objects }: LiveStudy) =>
    state !== "analysing" &&
    images.length + objects.length > 0 &&
    ageMs(lastObjectAt) > keepPixelsDays * DAY_MS;
  for (const study of inbox.studies()) {
    const { id } = study;
    if (isPast(study) && (await inbox.remove(id, isPast))) {
      await audit.add({ act: "record expired", who: "service", study: id });
      continue;
    }
    if (!isOld(study)) continue;
    const forgotten = await inbox.forgetPixels(id, (now) => (isOld(now) ? without(now) : null));
    if (forgotten !== null) await audit.add({ act: "pixels expired", who: "service", study: id });
  }
}

/** How a study stays whose pixels go. An older result would not speak of all radiographs that came. */
function without({ state }: LiveStudy): Partial<LiveStudy> {
  if (UNDER_WAY.has(state)) return { state: "failed", problem: NOT_IN_TIME };
  return STAYS.has(state) ? {} : { state: "expired" };
}

function ageMs(at: string): number {
  return Date.now() - Date.parse(at);
}
