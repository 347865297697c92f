/**
 * Where a URL names no password and PGPASSWORD is not set, pg asks here for that of the file which PGPASSFILE names, or of
 * ~/.pgpass. By itself it reads that file with a warning that it will not for much longer.
 *
 * It is a default of pg, which holds for pg-boss's connections as well: the `password` of a pool that has a URL is never
 * used, since what the URL says replaces it, even if that is nothing.
 */
import { defaults } from "pg";
import pgpass from "pgpass";

// By `assign`: pg's types know neither what it calls the function with nor that there may be no password.
Object.assign(defaults, {
  password: (connection: Parameters<typeof pgpass>[0]) =>
    new Promise<string | undefined>((resolve) => pgpass(connection, resolve)),
});
