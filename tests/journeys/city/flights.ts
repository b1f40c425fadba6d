/** Bao'an's flight stream as its people would bring it in: the files of `schemas/`, and events of the test's own. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { City } from './city.js';
import { expectStatus } from './city.js';
import { openPublisher, type Publisher } from '@citystreams/sdk';
import { openTokenSource } from '@citystreams/kafka';
import { parse } from 'yaml';

const SCHEMAS = resolve(import.meta.dirname, '../../../schemas');

export const FLIGHTS = 'bao-an.flight-movement';
export const contractOf = (stream: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(SCHEMAS, stream.replace('.', '/'), 'v1.avsc'), 'utf8')) as Record<string, unknown>;
const manifestOf = (stream: string): unknown =>
  parse(readFileSync(join(SCHEMAS, stream.replace('.', '/'), 'stream.yaml'), 'utf8'));

export async function createStream(city: City, stream: string): Promise<void> {
  const body = { manifest: manifestOf(stream), contract: contractOf(stream) };
  expectStatus(await city.call(`${stream.split('.')[0]}.steward`, 'POST', '/api/streams', body), 201);
}

const AIRPORTS = ['SFO', 'LAX', 'SZX'] as const;

export interface Flight extends Record<string, unknown> {
  flightId: number;
  date: number;
  delay: number;
  distance: number;
  origin: string;
  destination: string;
  ingestedAt: number;
}

/** Deterministic: flight n always says the same. */
export const flight = (n: number): Flight => ({
  flightId: n,
  date: 978_307_200_000 + n * 60_000,
  delay: (n * 7) % 90,
  distance: 100 + n,
  origin: AIRPORTS[n % AIRPORTS.length] ?? 'SFO',
  destination: 'PEK',
  ingestedAt: 1_767_225_600_000 + n,
});

export function openFlightDesk(city: City): Publisher {
  const secret = city.stack.clients['bao-an.flight-desk']?.secret ?? '';
  return openPublisher({
    stream: FLIGHTS,
    kafka: city.kafkaAs('bao-an.flight-desk'),
    registry: {
      url: city.stack.registry,
      tokens: openTokenSource({
        tokenEndpoint: city.stack.tokenEndpoint,
        clientId: 'bao-an.flight-desk',
        clientSecret: secret,
        audience: city.stack.httpAudience,
      }),
    },
    source: 'urn:citystreams:bao-an.flight-desk',
    contract: contractOf(FLIGHTS),
  });
}

export const flightEvent = (n: number) => ({ id: `flight-${n}`, time: new Date(flight(n).date), data: flight(n) });
