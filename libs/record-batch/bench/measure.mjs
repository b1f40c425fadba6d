// CPU time, not wall clock: the machine has other work. Medians of several runs of the same thing.
const RUNS = 9;

/** Prints nanoseconds of CPU per item: median, lowest and highest of the runs. `work` does `items` of them. */
export function measure(name, items, work) {
  const enough = Math.ceil(200_000 / items);
  const once = () => {
    const before = process.cpuUsage();
    for (let i = 0; i < enough; i++) work();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1000) / (items * enough);
  };
  once();
  const sorted = Array.from({ length: RUNS }, once).toSorted((a, b) => a - b);
  const median = sorted[RUNS >> 1];
  const shown = [median, sorted[0], sorted.at(-1)].map((ns) => ns.toFixed(1).padStart(7)).join('');
  process.stdout.write(`${name.padEnd(46)}${shown} ns   ${(1000 / median).toFixed(2).padStart(6)} M/s\n`);
  return median;
}
