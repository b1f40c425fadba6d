// Damages answers and reads them, for as long as asked: node libs/record-batch/bench/fuzz.mjs [executions] [seed]
// Needs `npm run build`. Prints the seed; the same seed and number is the same run.
const { fuzz } = await import(new URL('../dist/hostile/fuzz.js', import.meta.url).href);

const executions = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const print = (text) => process.stdout.write(`${text}\n`);

print(`seed ${seed}, ${executions} executions`);
const started = performance.now();
let shown = started;
const { records, faults } = fuzz(seed, executions, (done) => {
  if (performance.now() - shown < 30_000) return;
  shown = performance.now();
  print(`${done} executions, ${Math.round((shown - started) / 1000)} s, ${process.memoryUsage.rss() >> 20} MiB`);
});
print(`no finding in ${Math.round((performance.now() - started) / 1000)} s; ${records} records read`);
for (const [code, times] of [...faults].toSorted(([, a], [, b]) => b - a))
  print(`${String(times).padStart(9)} ${code}`);
print(`resident ${process.memoryUsage.rss() >> 20} MiB`);
