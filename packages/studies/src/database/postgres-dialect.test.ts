import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnreachable } from "./is-unreachable.ts";
import { withoutPassword } from "./postgres-dialect.ts";

test("withoutPassword: none is told, whatever is in it and wherever it stands", () => {
  const cases = [
    ["postgres://ada:secret@db/study", "postgres://ada@db/study"],
    ["postgresql://ada:se/cr@et@db:5432/study", "postgresql://ada@db:5432/study"],
    [
      "postgres://ada@db/study?password=secret&sslmode=require",
      "postgres://ada@db/study?password=…&sslmode=require",
    ],
    [
      "postgres://db/study?sslmode=require&sslpassword=secret",
      "postgres://db/study?sslmode=require&sslpassword=…",
    ],
    ["postgres:///study?host=/run/postgresql", "postgres:///study?host=/run/postgresql"],
    ["study.sqlite", "study.sqlite"],
  ];
  for (const [location, expected] of cases) assert.equal(withoutPassword(location), expected);
});

test("isUnreachable: a server that is away, and not what a server refuses", () => {
  const withCode = (code: string) => Object.assign(new Error("it says so"), { code });
  for (const error of [
    withCode("ECONNREFUSED"),
    withCode("57P01"),
    // A server's socket that is not there.
    Object.assign(withCode("ENOENT"), {
      syscall: "connect",
      path: "/run/postgresql/.s.PGSQL.5432",
    }),
    new Error("Connection terminated unexpectedly"),
    // What a transaction's rollback says, in place of the error that it follows.
    new Error("Client has encountered a connection error and is not queryable"),
    new Error("Client was closed and is not queryable"),
  ]) {
    assert.equal(isUnreachable(error), true, String(error));
  }
  for (const error of [
    withCode("23505"),
    withCode("40001"),
    new Error("no such table"),
    // A file that is not there, or whose own server is away.
    Object.assign(withCode("ENOENT"), { syscall: "rename" }),
    Object.assign(withCode("ETIMEDOUT"), { syscall: "open" }),
    "ECONNREFUSED",
  ]) {
    assert.equal(isUnreachable(error), false, String(error));
  }
});
