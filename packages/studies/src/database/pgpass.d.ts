declare module "pgpass" {
  interface Connection {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
  }
  /** Calls `found` once: with the password of the first line that fits, or with undefined. */
  export default function pgpass(connection: Connection, found: (password?: string) => void): void;
}
