import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND, hasDataSet, readCommand, writeCommand } from "./command.ts";

test("a command is read as it was written, behind its length", () => {
  const command = {
    field: COMMAND.store,
    messageId: 65_535,
    affectedClass: "1.2.840.10008.5.1.4.1.1.1",
    affectedInstance: "1.3.99.1",
  };
  const bytes = Buffer.from(writeCommand(command, true));
  assert.equal(bytes.readUInt32LE(8), bytes.length - 12);
  const { dataSetType, priority, ...read } = readCommand(bytes);
  assert.deepEqual(read, command);
  assert.equal(priority, 0);
  assert.ok(hasDataSet({ dataSetType, field: COMMAND.store }));
  const echo = readCommand(writeCommand({ field: COMMAND.echo, messageId: 1 }, false));
  assert.ok(!hasDataSet(echo));
  assert.equal(echo.priority, undefined);
});

test("bytes that are no command are refused", () => {
  const whole = Buffer.from(writeCommand({ field: COMMAND.echo, messageId: 1 }, false));
  for (const bytes of [Buffer.alloc(0), whole.subarray(0, 12), whole.subarray(0, whole.length - 1)])
    assert.throws(() => readCommand(bytes), { code: "answer" });
});
