/** Who does what is recorded, unless `--who` says it: the name of the account. */
import { userInfo } from "node:os";

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no account.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
