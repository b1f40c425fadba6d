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
    `  Accounts   npx citystreams login ${o.people[0] ?? '<account>'}   others: ${o.people.slice(1).join(', ')}`,
    `             all of them, with their secrets, are in ${o.dataDirectory}/stack.json`,
    `  Logs       ${o.dataDirectory}/logs`,
    '  Ctrl-C stops everything.',
    '',
  ];
}
