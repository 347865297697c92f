/** Worker threads: each loads the addon with tensors of its own. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const INDEX = JSON.stringify(new URL("index.ts", import.meta.url).href);

/** What a program prints in a process of its own; `inWorker(body)` runs a worker to its end. */
function outputOf(program: string): string {
  const prelude = `
    import { Worker } from "node:worker_threads";
    const inWorker = (body) => new Promise((resolve, reject) => {
      const say = '(value) => process.getBuiltinModule("node:worker_threads").parentPort.postMessage(value)';
      const source = "import('" + ${INDEX} + "').then((torch) => (" + body + ")(" + say + ", torch))";
      const worker = new Worker(source, { eval: true });
      worker.once("message", (value) => worker.terminate().then(() => resolve(value)));
      worker.once("error", reject);
    });`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", prelude + program], {
    encoding: "utf8",
  }).trim();
}

test("workers: the addon survives the end of the only worker that loaded it", () => {
  const program = `
    const sums = [];
    for (let i = 0; i < 3; i++) {
      sums.push(await inWorker((say, torch) => {
        const square = torch.ones([64, 64]).requiresGrad_();
        torch.backward(torch.mm(square, square).sum());
        say(square.grad.sum().item());
      }));
    }
    console.log(sums.join());`;
  assert.equal(outputOf(program), "524288,524288,524288");
});

test("workers: threads are the process's, tensors and modes the worker's own", () => {
  const program = `
    const torch = await import(${INDEX});
    torch.setThreads(1);
    const mine = torch.ones([2]);
    const theirs = await inWorker((say, torch) => {
      const made = torch.ones([1]).requiresGrad_();
      torch.noGrad(() => say([torch.threads(), torch.liveTensors(), made.mul(2).requiresGrad]));
    });
    console.log(JSON.stringify([theirs, torch.threads(), torch.liveTensors(), mine.toNumbers()]));`;
  assert.equal(outputOf(program), "[[1,1,false],1,1,[1,1]]");
});
