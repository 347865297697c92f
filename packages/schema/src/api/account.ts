/**
 * Who uses the reading room: accounts, invitations and sessions, as its API speaks of them.
 *
 * A person of `malleolus.toml` (observer, senior, surgeon, annotator) keeps the roles that stand there;
 * staff (administrator, researcher, viewer) get theirs with the invitation. An account is the one or the
 * other: staff see classes and progress, which readers must not see.
 */
import { z } from "zod";

export const staffRoleSchema = z.enum(["administrator", "researcher", "viewer"]);
export type StaffRole = z.infer<typeof staffRoleSchema>;

export const accountRoleSchema = z.enum([
  ...staffRoleSchema.options,
  "observer",
  "senior",
  "surgeon",
  "annotator",
]);
export type AccountRole = z.infer<typeof accountRoleSchema>;

/** What somebody types to sign in; small letters, so that two accounts never look alike. */
export const loginNameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@+-]{1,63}$/, {
    error: "expected 2 to 64 letters, digits and . _ @ + -, a letter or digit first",
  });

/** Length is what makes a password strong; the upper bound keeps hashing it cheap. */
export const passwordSchema = z
  .string()
  .min(12, { error: "expected at least 12 characters" })
  .max(256, { error: "expected at most 256 characters" });

/** Of a link that works once; it stands behind the link's `#` and never in a request's address. */
export const linkTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/, {
  error: "expected the 43 characters behind the # of the link; open the link again",
});

export const accountSchema = z.strictObject({
  login: z.string(),
  /** As it is shown; of a person of the study, the name in `malleolus.toml`. */
  name: z.string(),
  roles: z.array(accountRoleSchema),
});
export type Account = z.infer<typeof accountSchema>;

/**
 * `GET /api/session`: what a page begins with. The study's name is told to nobody who is not signed
 * in.
 */
export const sessionSchema = z.discriminatedUnion("state", [
  /** Nobody has an account: the terminal that runs the server shows the link of the first. */
  z.strictObject({ state: z.literal("setup") }),
  z.strictObject({
    state: z.literal("signed out"),
    /** Whether `GET /api/openid/start` leads anywhere. */
    singleSignOn: z.boolean(),
  }),
  z.strictObject({
    state: z.literal("signed in"),
    account: accountSchema,
    study: z.string(),
    /** Sent back in `x-malleolus-csrf` with every request that is no GET. */
    csrf: z.string(),
  }),
]);
export type Session = z.infer<typeof sessionSchema>;

/** The header that every request but GET carries once somebody is signed in. */
export const CSRF_HEADER = "x-malleolus-csrf";

/** `POST /api/setup`: the first administrator, by the one-time link of the terminal. */
export const setupRequestSchema = z.strictObject({
  token: linkTokenSchema,
  login: loginNameSchema,
  name: z.string().trim().min(1).max(200),
  password: passwordSchema,
});
export type SetupRequest = z.infer<typeof setupRequestSchema>;

/** `POST /api/login` */
export const loginRequestSchema = z.strictObject({
  login: z.string().trim().toLowerCase().min(1).max(64),
  password: z.string().min(1).max(256),
});
export type LoginRequest = z.infer<typeof loginRequestSchema>;

/** `POST /api/invitation`: what an invitation's link is for. */
export const invitationQuestionSchema = z.strictObject({ token: linkTokenSchema });
export const invitationOfferSchema = z.strictObject({
  name: z.string(),
  roles: z.array(accountRoleSchema),
  /** Of an account whose password is to be set again; null for a new one, which chooses. */
  login: z.string().nullable(),
});
export type InvitationOffer = z.infer<typeof invitationOfferSchema>;

/** `POST /api/join`: takes an invitation; signed in afterwards. `login` is left out for a reset. */
export const joinRequestSchema = z.strictObject({
  token: linkTokenSchema,
  login: loginNameSchema.optional(),
  password: passwordSchema,
});
export type JoinRequest = z.infer<typeof joinRequestSchema>;

/** `POST /api/password`: one's own; every other session of the account ends. */
export const passwordRequestSchema = z.strictObject({
  current: z.string().min(1).max(256),
  next: passwordSchema,
});

/** One line of the page of people: a person of the study, with or without an account, or staff. */
export const memberSchema = z.strictObject({
  /** Of `malleolus.toml`; null for staff. */
  person: z.string().nullable(),
  name: z.string(),
  roles: z.array(accountRoleSchema),
  account: z
    .strictObject({
      id: z.int().positive(),
      login: z.string(),
      lastSeenAt: z.string().nullable(),
      /** Until when wrong passwords have locked it; null where it is open. */
      lockedUntil: z.string().nullable(),
      disabled: z.boolean(),
    })
    .nullable(),
  /** That is open; its link was shown once and cannot be shown again. */
  invitation: z.strictObject({ id: z.int().positive(), expiresAt: z.string() }).nullable(),
});
export type Member = z.infer<typeof memberSchema>;

/** `GET /api/people` */
export const peopleSchema = z.strictObject({ people: z.array(memberSchema) });

/**
 * `POST /api/invitations`: for a person of the study, for new staff, or for an account whose password
 * is to be set again. It replaces an open invitation of the same.
 */
export const invitationRequestSchema = z.union([
  z.strictObject({ person: z.string().min(1) }),
  z.strictObject({
    name: z.string().trim().min(1).max(200),
    roles: z.array(staffRoleSchema).min(1),
  }),
  z.strictObject({ account: z.int().positive() }),
]);
export type InvitationRequest = z.infer<typeof invitationRequestSchema>;

/** The link, once: `path` is put behind the server's address. */
export const invitationSchema = z.strictObject({
  id: z.int().positive(),
  /** `/join#…` */
  path: z.string(),
  expiresAt: z.string(),
});
export type Invitation = z.infer<typeof invitationSchema>;

/** `PATCH /api/accounts/:id`: disabling ends its sessions; enabling also ends a lock. */
export const accountChangeSchema = z.strictObject({
  disabled: z.boolean().optional(),
  /** Of staff; people of the study have those of `malleolus.toml`. */
  roles: z.array(staffRoleSchema).min(1).optional(),
});
export type AccountChange = z.infer<typeof accountChangeSchema>;

/** One thing that somebody saw or did. */
export const auditEntrySchema = z.strictObject({
  id: z.int().positive(),
  at: z.string(),
  /** Login name; null where nobody was signed in. */
  who: z.string().nullable(),
  /** A word for what was done: `sign in`, `view case`, `submit reading`, … */
  action: z.string(),
  /** What it was done to; null where there is nothing to name. */
  what: z.string().nullable(),
  /** HTTP's, of the answer. */
  status: z.int(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** `GET /api/audit?before=&limit=`: newest first. */
export const auditPageSchema = z.strictObject({ entries: z.array(auditEntrySchema) });
