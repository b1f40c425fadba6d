/** CPU of all candidates as bars on a logarithmic scale, one group for each number of views. */
import type { ViewsSummary } from './throughput.summary.js';

const WIDTH = 860;
const LEFT = 130;
const RIGHT = 90;
const BAR = 18;
const GAP = 5;
const GROUP_GAP = 34;
const TOP = 56;
const COLOURS: Readonly<Record<string, string>> = {
  router: '#0b6e4f',
  streams: '#c8553d',
  plain: '#d9a441',
  copy: '#7a8b99',
};
const OTHER = '#5b5f97';

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A whole SVG file. */
export function cpuBars(summaries: readonly ViewsSummary[]): string {
  const values = summaries.flatMap(({ candidates }) => candidates.map(({ cpuWarm }) => cpuWarm.median));
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  const x = (value: number): number => LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(value / low)) / Math.log(high / low);
  const parts: string[] = [];
  let y = TOP;
  for (const { views, codec, tls, candidates } of summaries) {
    parts.push(
      text(
        12,
        y - 8,
        `${views} ${views === 1 ? 'view' : 'views'}${codec === 'none' ? '' : `, ${codec}`}${tls ? ', TLS' : ''}`,
        'bold',
      ),
    );
    for (const { candidate, cpuWarm, cpuTimes } of candidates) {
      const end = x(cpuWarm.median);
      const label = `${cpuWarm.median.toFixed(2)}${cpuTimes === null || cpuTimes === 1 ? '' : `  (${cpuTimes.toFixed(1)}x)`}`;
      parts.push(
        `<rect x="${LEFT}" y="${y}" width="${(end - LEFT).toFixed(1)}" height="${BAR}" fill="${COLOURS[candidate] ?? OTHER}"/>`,
        `<line x1="${x(cpuWarm.least).toFixed(1)}" x2="${x(cpuWarm.most).toFixed(1)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}" stroke="#222"/>`,
        text(LEFT - 8, y + 13, candidate, 'normal', 'end'),
        text(Math.max(end, x(cpuWarm.most)) + 6, y + 13, label),
      );
      y += BAR + GAP;
    }
    y += GROUP_GAP;
  }
  const bottom = y - GROUP_GAP + 4;
  for (let tick = low; tick <= high; tick *= 10) {
    parts.unshift(
      `<line x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${TOP - 6}" y2="${bottom}" stroke="#ddd"/>`,
      text(x(tick), bottom + 16, String(Number(tick.toPrecision(1))), 'normal', 'middle'),
    );
  }
  const height = bottom + 26;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(12, 20, 'Client CPU seconds per million events (second half of a run; medians, line: least to most)', 'bold'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

const text = (x: number, y: number, content: string, weight = 'normal', anchor = 'start'): string =>
  `<text x="${x.toFixed(1)}" y="${y}" font-weight="${weight}" text-anchor="${anchor}" fill="#222">${escape(content)}</text>`;
