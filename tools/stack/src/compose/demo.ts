/** The demonstration city, brought into being through the gateway by the people it consists of. */
import { readFileSync } from 'node:fs';
import { IssuerAccounts, type Office } from '@citystreams/contracts';
import { foundCity, readCity } from '../demo/found-city.js';
import { APPLICATION, INSIDE } from './addresses.js';
import { isReady, untilAnswers } from './patience.js';

/**
 * Safe to repeat: what is there already stays.
 *
 * @param peopleFile accounts of the people who ask and decide
 * @throws CityInvalid, CityFailed, ApiRefused
 */
export async function demo(peopleFile: string, offices: readonly Office[], tell: (line: string) => void) {
  const city = readCity(APPLICATION);
  await untilAnswers('the issuer', () => isReady(INSIDE.identity));
  await untilAnswers('the gateway', () => isReady(INSIDE.gateway));
  await foundCity(city, {
    gateway: INSIDE.gateway,
    tokenEndpoint: `${INSIDE.identity}/token`,
    accounts: IssuerAccounts.parse(JSON.parse(readFileSync(peopleFile, 'utf8'))),
    offices,
    tell,
  });
}
