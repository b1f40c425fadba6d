import { join } from 'node:path';
import type { IssuerAccounts, Office } from '@citystreams/contracts';
import { openCityApi } from './city-api.js';
import { type CityStream, readCityStreams } from './city-streams.js';
import { type DemoCity, readDemoCity } from './demo-city.js';
import { peopleOf, playGrant, registerStream } from './play-city.js';

/** The demonstration city as its files have it, checked. */
export interface CityFiles {
  readonly streams: readonly CityStream[];
  readonly demo: DemoCity;
}

/** @param root the repository. @throws CityInvalid */
export function readCity(root: string): CityFiles {
  const streams = readCityStreams(join(root, 'schemas'), join(root, 'policy'));
  return { streams, demo: readDemoCity(join(root, 'tools', 'stack', 'demo-city.yaml'), streams) };
}

/**
 * Registers the streams, then plays each grant from request to delivery; streams and grants at once among themselves.
 * Safe to repeat.
 *
 * @throws ApiRefused, CityFailed
 */
export async function foundCity(
  city: CityFiles,
  o: {
    gateway: string;
    tokenEndpoint: string;
    accounts: IssuerAccounts;
    offices: readonly Office[];
    /** One line for each thing that is true now. */
    tell(line: string): void;
  },
): Promise<void> {
  const people = peopleOf(o.offices);
  const api = openCityApi({ ...o, secretOf: (account) => o.accounts.clients[account]?.secret ?? '' });
  await Promise.all(city.streams.map((stream) => registerStream(api, people, stream)));
  o.tell(`${city.streams.length} streams are registered`);
  await Promise.all(
    city.demo.grants.map(async (grant) => {
      const entitlement = await playGrant(api, people, grant);
      const what = `${grant.consumer} and ${grant.stream}`;
      if (entitlement === null) o.tell(`${what}: the entitlement ended earlier, and stays so`);
      else o.tell(`${what}: entitled to ${entitlement.fields.length} fields`);
    }),
  );
}
