import { describe, expect, test } from '@jest/globals';
import { patternOf, searchTextOf, wordsOf } from './search-text.js';

const stream = {
  stream: 'meteorology.weather-observation',
  title: { en: 'Daily weather', zh: '每日气象观测' },
  description: 'One day at one station.',
  fields: [{ path: 'place.temperatureMax', doc: 'Highest air temperature of the day.' }],
};
const { title, all } = searchTextOf(stream);

/** Each word in one of its forms. */
const finds = (question: string, text = all): boolean =>
  wordsOf(question).every((forms) => forms.some((form) => text.includes(form)));

describe('a search', () => {
  test.each([
    ['weather'],
    ['WEATHER observation'],
    ['observations'],
    ['stations'],
    ['days'],
    ['气象'],
    ['气象观测'],
    ['每日 气象'],
    ['ｗｅａｔｈｅｒ'],
    ['temperature max'],
    ['temperatureMax'],
    ['meteorology.weather-observation'],
    ['place'],
  ])('finds %s', (question) => {
    expect(finds(question)).toBe(true);
  });

  test.each([['flight'], ['weather flight'], ['航班'], ['气象航班']])('does not find %s', (question) => {
    expect(finds(question)).toBe(false);
  });

  test('tells the title from the rest', () => {
    expect([finds('气象', title), finds('temperature', title)]).toEqual([true, false]);
  });

  test('without words asks for everything; long ones are bounded', () => {
    expect(wordsOf(' ,。- ')).toEqual([]);
    expect(wordsOf(Array.from({ length: 100 }, (_, i) => `w${i}`).join(' '))).toHaveLength(12);
  });

  test('takes signs of the pattern language as they are', () => {
    expect(patternOf('100%_\\')).toBe('%100\\%\\_\\\\%');
  });
});
