// Damages answers and reads them, for as long as asked: node libs/record-batch/bench/fuzz.mjs [executions] [seed]
// Needs `npm run build`. Prints the seed; the same seed and number is the same run. A finding names the seed of its
// round: `fuzz.mjs 4096 <that seed>` shows it again.

const { fuzz } = await import(new URL('../dist/hostile/fuzz.js', import.meta.url).href);

const ROUND = 4096;
const SHOW_MS = 60_000;
const executions = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const print = (text) => process.stdout.write(`${text}\n`);

print(`seed ${seed}, ${executions} executions`);
const started = performance.now();
let shown = started;
let records = 0;
const faults = new Map();
for (let done = 0; done < executions; done += ROUND) {
  const count = fuzz(seed + done, Math.min(ROUND, executions - done));
  records += count.records;
  for (const [code, times] of count.faults) faults.set(code, (faults.get(code) ?? 0) + times);
  await new Promise((turned) => setImmediate(turned));
  if (performance.now() - shown < SHOW_MS) continue;
  shown = performance.now();
  print(
    `${done + ROUND} executions, ${Math.round((shown - started) / 1000)} s, ${process.memoryUsage.rss() >> 20} MiB`,
  );
}
print(`no finding in ${Math.round((performance.now() - started) / 1000)} s; ${records} records read`);
for (const [code, times] of [...faults].toSorted(([, a], [, b]) => b - a))
  print(`${String(times).padStart(9)} ${code}`);
print(`resident ${process.memoryUsage.rss() >> 20} MiB`);
