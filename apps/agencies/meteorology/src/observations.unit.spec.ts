import { describe, expect, test } from '@jest/globals';
import { parseObservations } from './observations.js';

const HEADER = 'location,date,precipitation,temp_max,temp_min,wind,weather';

describe('observations', () => {
  test('come in the order of their days, whatever the order of the file', () => {
    const csv = [HEADER, 'Seattle,2012-01-02,10.9,10.6,2.8,4.5,rain', 'New York,2012-01-01,0.0,12.8,5.0,4.7,sun'].join(
      '\n',
    );
    expect(parseObservations(csv)).toEqual([
      {
        station: 'New York',
        observedAt: Date.UTC(2012, 0, 1),
        precipitation: 0,
        temperatureMax: 12.8,
        temperatureMin: 5,
        wind: 4.7,
        condition: 'sun',
      },
      expect.objectContaining({ station: 'Seattle', observedAt: Date.UTC(2012, 0, 2), condition: 'rain' }),
    ]);
  });

  test.each([
    'Seattle,2012-13-02,1,1,1,1,rain',
    'Seattle,2012-01-02,wet,1,1,1,rain',
    'Seattle,2012-01-02,1,1,1,1,hail',
  ])('that are impossible stop the reading: %s', (row) => {
    expect(() => parseObservations(`${HEADER}\n${row}\n`)).toThrow(/row 1/);
  });
});
