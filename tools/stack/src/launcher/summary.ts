/** The table at the end of a start: where everything is, and how to get in. Pure; holds no secret. */

export interface SummaryRow {
  readonly name: string;
  readonly address: string;
  readonly note?: string;
  /** The usual port that was in use, so that this one moved on. */
  readonly movedFrom?: number;
}

export function summary(o: {
  rows: readonly SummaryRow[];
  seconds: number;
  dataDirectory: string;
  people: readonly string[];
}): string[] {
  const nameWidth = Math.max(...o.rows.map(({ name }) => name.length));
  const addressWidth = Math.max(...o.rows.map(({ address }) => address.length));
  const lines = o.rows.map(({ name, address, note = '', movedFrom }) => {
    const moved = movedFrom === undefined ? '' : `(port ${movedFrom} was in use)`;
    return `  ${name.padEnd(nameWidth)}   ${address.padEnd(addressWidth)}   ${[note, moved].filter(Boolean).join(' ')}`.trimEnd();
  });
  return [
    '',
    `CityStreams is ready after ${o.seconds.toFixed(1)} s.`,
    '',
    ...lines,
    '',
    ...accountLines(o),
    `  Logs       ${o.dataDirectory}/logs`,
    '  Ctrl-C stops everything.',
    '',
  ];
}

/** Without people (an open registry has none) there is nobody to log in as. */
function accountLines({ people: [first, ...others], dataDirectory }: Parameters<typeof summary>[0]): string[] {
  const all = `with their secrets, are in ${dataDirectory}/stack.json`;
  if (first === undefined) return [`  Accounts   ${all}`];
  return [
    `  Accounts   npx citystreams login ${first}   others: ${others.join(', ')}`,
    `             all of them, ${all}`,
  ];
}
