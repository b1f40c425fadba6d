/**
 * Loaded into a router before its own code: its wall clock jumps by the next of CLOCK_JUMPS_MS at each SIGUSR2. What is
 * measured by other clocks (timers, performance.now) goes on evenly, as it does when a machine's clock is set.
 */
const jumps = (process.env['CLOCK_JUMPS_MS'] ?? '').split(',').map(Number);
const RealDate = Date;
let shift = 0;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args) =>
    args.length === 0 ? new target(RealDate.now() + shift) : Reflect.construct(target, args),
  get: (target, name) =>
    name === 'now' ? () => RealDate.now() + shift : (Reflect.get(target, name, target) as unknown),
});

process.on('SIGUSR2', () => {
  shift += jumps.shift() ?? 0;
});
