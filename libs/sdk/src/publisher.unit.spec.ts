import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { ContractViolation, InvalidContract } from './contract.violation.js';
import { openPublisher, type Publisher } from './publisher.js';

const field = (name: string, type: unknown) => ({
  name,
  type,
  doc: `The ${name}`,
  classification: { level: 'L1', category: 'measurement' },
});
const contract = {
  type: 'record',
  name: 'Reading',
  namespace: 'city.weather',
  doc: 'A reading.',
  key: 'station',
  fields: [field('station', 'string'), field('degrees', 'double'), field('name', ['null', 'string'])],
};
const tokens = { token: () => Promise.reject(new Error('nobody may ask')), close: () => undefined };

function publisherOf(json: unknown): Publisher {
  return openPublisher({
    stream: 'weather.reading',
    kafka: {
      brokers: ['127.0.0.1:1'],
      clientId: 'weather.station',
      securityProtocol: 'SASL_PLAINTEXT',
      auth: { kind: 'token', tokens },
    },
    registry: { url: 'http://127.0.0.1:1', tokens },
    source: '/weather/station',
    contract: json,
  });
}

describe('a publisher', () => {
  const fetching = jest.spyOn(globalThis, 'fetch');
  afterEach(() => expect(fetching).not.toHaveBeenCalled());

  test('refuses events that do not fit the contract, all of them at once, before anything is sent', async () => {
    const publisher = publisherOf(contract);
    const fits = { station: 's1', degrees: 20.5, name: null };
    const published = publisher.publish([
      { id: 'a', data: fits },
      { id: 'b', data: { ...fits, degrees: 'warm' } },
      { id: '', data: { ...fits, station: 7 } },
    ]);
    await expect(published).rejects.toThrow(ContractViolation);
    await expect(published).rejects.toMatchObject({
      stream: 'weather.reading',
      violations: [
        { index: 1, id: 'b', path: 'degrees', expected: 'double', found: 'string' },
        { index: 2, path: 'id' },
        { index: 2, path: 'station', expected: 'string', found: 'integer' },
      ],
    });
    await publisher.close();
  });

  test('says where an event is wrong without saying what it held', async () => {
    const publisher = publisherOf(contract);
    const published = publisher.publish([{ id: 'a', data: { station: 's', degrees: 'Zhang San', name: null } }]);
    await expect(published).rejects.toThrow('event 0, degrees: expected double, found string');
    await expect(published).rejects.not.toThrow('Zhang');
    await publisher.close();
  });

  test('is not opened for a contract with an unclassified field', () => {
    const [first, ...others] = contract.fields;
    const { classification: _, ...unclassified } = first ?? { classification: undefined };
    expect(() => publisherOf({ ...contract, fields: [unclassified, ...others] })).toThrow(InvalidContract);
  });

  test('publishes nothing when there is nothing to publish', async () => {
    const publisher = publisherOf(contract);
    await expect(publisher.publish([])).resolves.toBeUndefined();
    await publisher.close();
  });
});
