/** What every page has at hand: requests, the account, radiographs in memory, who takes keys. */
import type { Account } from "@malleolus/schema";
import { createContext, useContext } from "react";
import type { Client } from "./api/client.ts";
import type { Activity, Looking } from "./case/pause-hint.ts";
import type { KeyTurn } from "./keys/key-turn.ts";
import type { Machine } from "./machine.ts";
import type { Outbox } from "./save/outbox-runner.ts";
import type { RadiographLoader } from "./view/radiograph-loader.ts";

export interface SignedIn {
  readonly account: Account;
  readonly study: string;
  readonly outbox: Outbox;
  readonly radiographs: RadiographLoader;
  readonly keyTurn: KeyTurn<KeyboardEvent>;
  /** How long the person has looked at cases without a pause. */
  readonly looking: Machine<Looking, Activity>;
}

export const ClientContext = createContext<Client | null>(null);
export const SignedInContext = createContext<SignedIn | null>(null);

export function useClient(): Client {
  return required(useContext(ClientContext));
}

export function useSignedIn(): SignedIn {
  return required(useContext(SignedInContext));
}

const READERS = ["observer", "senior", "surgeon", "annotator"] as const;

/** Whether an account reads or draws; staff do not. */
export function isReader({ roles }: Pick<Account, "roles">): boolean {
  return READERS.some((role) => roles.includes(role));
}

/** Whether an account runs the study: adds radiographs, sees how far it is. */
export function isCoordinator({ roles }: Pick<Account, "roles">): boolean {
  return roles.includes("administrator") || roles.includes("researcher");
}

/** Whether an account sees how far the study is: those who run it, and those who only look on. */
export function seesFlow(account: Pick<Account, "roles">): boolean {
  return isCoordinator(account) || account.roles.includes("viewer");
}

export function isAdministrator({ roles }: Pick<Account, "roles">): boolean {
  return roles.includes("administrator");
}

function required<T>(value: T | null): T {
  if (value === null) throw new Error("internal: a page was rendered outside of the application");
  return value;
}
