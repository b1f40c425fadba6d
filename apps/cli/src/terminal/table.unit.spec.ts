import { expect, test } from '@jest/globals';
import { table } from './table.js';

test('columns are aligned, also beside Chinese characters, and no line ends in blanks', () => {
  const text = table(
    [
      ['futian', '福田区', 'x'],
      ['bao-an', '宝安', ''],
    ],
    ['agency', 'name', 'note'],
  );
  expect(text.split('\n')).toEqual(['AGENCY   NAME     NOTE', 'futian   福田区   x', 'bao-an   宝安']);
});
