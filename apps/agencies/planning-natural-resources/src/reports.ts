import type { EarthquakeReport } from '@citystreams/contracts';

/** What this service takes from a GeoJSON feed of the USGS. */
interface UsgsFeed {
  features: {
    id: string;
    properties: {
      time: number;
      updated: number;
      type: string;
      mag: number;
      magType: string | null;
      place: string;
      nst: number | null;
      felt: number | null;
      tsunami: number;
      status: string;
    };
    geometry: { coordinates: [longitude: number, latitude: number, depthKm: number] };
  }[];
}

const KINDS = new Map<string, EarthquakeReport['kind']>([
  ['earthquake', 'earthquake'],
  ['explosion', 'explosion'],
  ['quarry blast', 'quarry_blast'],
]);

/** The reports of a feed, in the order in which the ground moved. */
export function parseReports(geojson: string): EarthquakeReport[] {
  const feed = JSON.parse(geojson) as UsgsFeed;
  return feed.features
    .map(({ id, properties, geometry: { coordinates } }) => ({
      earthquakeId: id,
      occurredAt: properties.time,
      updatedAt: properties.updated,
      kind: KINDS.get(properties.type) ?? 'other',
      magnitude: properties.mag,
      magnitudeType: properties.magType,
      place: properties.place,
      epicentre: { longitude: coordinates[0], latitude: coordinates[1], depthKm: coordinates[2] },
      stations: properties.nst,
      feltReports: properties.felt,
      tsunami: properties.tsunami === 1,
      reviewed: properties.status === 'reviewed',
    }))
    .toSorted((a, b) => a.occurredAt - b.occurredAt);
}
