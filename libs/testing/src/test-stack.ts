/** Starts Kafka, PostgreSQL and the issuer for one test run: own free ports, own temporary directory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  KAFKA_IMAGE,
  POSTGRES_IMAGE,
  bootstrapKafka,
  imageObstacle,
  leasePort,
  prepareIssuer,
} from '@citystreams/stack';
import { openContainers } from './container-parts.js';
import { startIssuer } from './issuer-process.js';
import { openLocalParts } from './local-parts.js';
import type { Parts, PartsOptions } from './parts.js';
import type { StackRecord } from './stack-record.js';

export interface RunningTestStack {
  readonly record: StackRecord;
  readonly way: 'docker' | 'local';
  /** Stops everything, newest first, and removes the directory. */
  close(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export async function openTestStack(o: {
  /** Takes this way or fails; without it containers where an engine has the images, else our own processes. */
  readonly way?: 'docker' | 'local';
  readonly say: (line: string) => void;
}): Promise<RunningTestStack> {
  const directory = mkdtempSync(join(tmpdir(), 'citystreams-test-'));
  const closers: (() => Promise<void>)[] = [async () => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse())
      await closer().catch((error) => o.say(`while stopping: ${error}`));
  };
  try {
    const lease = await leasePort({ name: 'the test issuer' });
    closers.push(async () => lease.release());
    const issuer = `http://127.0.0.1:${lease.port}`;
    const files = prepareIssuer(directory, []);
    const options: PartsOptions = { directory, issuer, jwksFile: files.jwksFile, root: ROOT, say: o.say };
    const way = o.way ?? ((await containerObstacle()) === null ? 'docker' : 'local');
    const started = await Promise.allSettled([
      startIssuer({ ...options, ...files, port: lease.port }),
      way === 'docker' ? openContainers(options) : openLocalParts(options),
    ]);
    for (const part of started) if (part.status === 'fulfilled') closers.push(part.value.close);
    const [issuing, opened] = started;
    if (issuing.status === 'rejected') throw issuing.reason;
    if (opened.status === 'rejected') throw opened.reason;
    const parts: Parts = opened.value;
    await bootstrapKafka({
      brokers: parts.internalKafka.brokers,
      clientId: 'test-bootstrap',
      securityProtocol: 'SASL_PLAINTEXT',
      auth: { kind: 'plain', username: parts.internalKafka.username, password: parts.internalKafka.password },
    });
    const { kafka, internalKafka, postgres } = parts;
    return {
      record: { kafka, internalKafka, postgres, issuer, accountsFile: files.accountsFile, directory },
      way,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function containerObstacle(): Promise<string | null> {
  const quiet = (): void => undefined;
  const whys = await Promise.all(
    [KAFKA_IMAGE, POSTGRES_IMAGE].map((image) => imageObstacle(image, quiet, { mayPull: false })),
  );
  return whys.find((why) => why !== null) ?? null;
}
