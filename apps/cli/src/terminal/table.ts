/** Rows in aligned columns, for people. Pure. */
const GAP = '   ';

/** The last column is not padded; a heading line where headings are given. */
export function table(rows: readonly (readonly string[])[], headings?: readonly string[]): string {
  const all = headings === undefined ? rows : [headings.map((heading) => heading.toUpperCase()), ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  return all
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths, column))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, widths: readonly number[], column: number): string {
  if (column === widths.length - 1) return cell;
  return cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell));
}

/** Chinese, Japanese and Korean characters take two columns of a terminal. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/gu;

const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);
