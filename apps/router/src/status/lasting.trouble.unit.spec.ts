import { expect, test } from '@jest/globals';
import { LastingTrouble } from './lasting.trouble.js';

test('a trouble is told once it has lasted, once for each reason, and anew after it was over', () => {
  const said: string[] = [];
  let now = 0;
  const trouble = new LastingTrouble(
    (reason) => said.push(reason),
    () => now,
  );
  trouble.tell('no topic');
  now = 4999;
  trouble.tell('no topic');
  expect(said).toEqual([]);
  now = 5000;
  trouble.tell('no topic');
  trouble.tell('no topic');
  trouble.tell('no right');
  expect(said).toEqual(['no topic', 'no right']);
  trouble.over();
  trouble.tell('no topic');
  expect(said).toHaveLength(2);
});
