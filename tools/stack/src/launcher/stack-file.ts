import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { HTTP_AUDIENCE, type IssuerAccounts, KAFKA_AUDIENCE, StackFile } from '@citystreams/contracts';
import { writeFileAtomically } from '../platform/data-directory.js';

const fileIn = (dataDirectory: string): string => join(dataDirectory, 'stack.json');

export interface StackFacts {
  readonly gateway: string;
  readonly registry: string;
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly kafka: { readonly bootstrapServers: string; readonly securityProtocol: string };
  /** With the administrator's password. */
  readonly postgres: string;
  readonly accounts: IssuerAccounts;
}

/** `stack.json`: for scripts and the command line, readable by its owner alone. */
export function writeStackFile(dataDirectory: string, facts: StackFacts): void {
  const { accounts, kafka, ...addresses } = facts;
  const clients: StackFile['clients'] = {};
  const people: StackFile['people'] = {};
  for (const [id, { secret, password, agency, roles }] of Object.entries(accounts.clients)) {
    if (password === undefined) clients[id] = { secret, agency, roles };
    else people[id] = { password, clientSecret: secret, agency, roles };
  }
  const file: StackFile = {
    ...addresses,
    kafka: { ...kafka, mechanism: 'OAUTHBEARER' },
    httpAudience: HTTP_AUDIENCE,
    kafkaAudience: KAFKA_AUDIENCE,
    clients,
    people,
  };
  writeFileAtomically(fileIn(dataDirectory), `${JSON.stringify(StackFile.parse(file), null, 2)}\n`);
}

/** Nobody shall find addresses of a stack that is not there. */
export const removeStackFile = (dataDirectory: string): void => rmSync(fileIn(dataDirectory), { force: true });
