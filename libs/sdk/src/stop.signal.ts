/** Aborted when this process is asked to end, by SIGTERM or Ctrl-C. Asked again, it ends at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
