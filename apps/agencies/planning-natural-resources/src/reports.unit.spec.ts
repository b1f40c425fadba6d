import { describe, expect, test } from '@jest/globals';
import { parseReports } from './reports.js';

const feature = (id: string, time: number, type: string) => ({
  id,
  properties: {
    time,
    updated: time + 5,
    type,
    mag: 2.5,
    magType: 'ml',
    place: '4km W of Castaic, CA',
    nst: null,
    felt: 3,
    tsunami: 0,
    status: 'reviewed',
  },
  geometry: { coordinates: [-118.6, 34.4, 26.5] },
});

describe('earthquake reports', () => {
  test('come in the order in which the ground moved', () => {
    const features = [feature('b', 2000, 'quarry blast'), feature('a', 1000, 'earthquake')];
    expect(parseReports(JSON.stringify({ features })).map((r) => [r.earthquakeId, r.kind])).toEqual([
      ['a', 'earthquake'],
      ['b', 'quarry_blast'],
    ]);
  });

  test('keep what the network does not know as null, and a new kind as other', () => {
    const [report] = parseReports(JSON.stringify({ features: [feature('a', 1000, 'ice quake')] }));
    expect(report).toMatchObject({
      kind: 'other',
      stations: null,
      feltReports: 3,
      tsunami: false,
      reviewed: true,
      epicentre: { longitude: -118.6, latitude: 34.4, depthKm: 26.5 },
    });
  });
});
