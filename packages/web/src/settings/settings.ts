/**
 * What somebody has set for this computer: theme, language, windows. Kept in the browser, for each
 * account, since monitors differ and people share them.
 */
import { z } from "zod";
import { languages } from "../strings/translate.ts";

const sharesSchema = z.strictObject({
  black: z.number().min(0).max(1),
  white: z.number().min(0).max(1),
});

export const settingsSchema = z.strictObject({
  theme: z.enum(["dark", "light", "system"]),
  /** Null: as the browser asks for. */
  language: z.enum(languages).nullable(),
  linkViews: z.boolean(),
  /** Key 5; null until one was kept. */
  ownWindow: sharesSchema.nullable(),
  /** Whether a new case opens with it. */
  startWithOwn: z.boolean(),
  singleKeys: z.boolean(),
  /** From the key that is pressed to the one that it stands for: `keys/swapped-keys.ts`. */
  keys: z.record(z.string(), z.string()),
  /** Milliseconds since 1970, of the display's last check. */
  displayCheckedAt: z.number().nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const firstSettings: Settings = {
  theme: "dark",
  language: null,
  linkViews: false,
  ownWindow: null,
  startWithOwn: false,
  singleKeys: true,
  keys: {},
  displayCheckedAt: null,
};

/** What was kept; the first settings where there is nothing, or nothing that can be read. */
export function readSettings(text: string | null): Settings {
  if (text === null) return firstSettings;
  try {
    const parsed = settingsSchema.partial().safeParse(JSON.parse(text));
    // A later version may have kept more than this one knows.
    return parsed.success ? { ...firstSettings, ...withoutUndefined(parsed.data) } : firstSettings;
  } catch {
    return firstSettings;
  }
}

/** Whether the display was checked on the day of `now`. */
export function isCheckedToday({ displayCheckedAt }: Settings, now: number): boolean {
  if (displayCheckedAt === null) return false;
  return new Date(displayCheckedAt).toDateString() === new Date(now).toDateString();
}

function withoutUndefined(
  partial: {
    [Key in keyof Settings]?: Settings[Key] | undefined;
  },
): Partial<Settings> {
  return Object.fromEntries(Object.entries(partial).filter(([, value]) => value !== undefined));
}
