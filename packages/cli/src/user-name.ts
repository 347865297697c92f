/** The name for the audit trail, unless `--who` gives one: the account's. */
import { userInfo } from "node:os";

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no account.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
