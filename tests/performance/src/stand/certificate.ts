/** A certificate of the broker for one measurement, made by the JDK that runs the broker. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Certificate {
  /** PEM: what clients trust. */
  readonly caFile: string;
  readonly brokerSettings: Readonly<Record<string, string>>;
}

const run = promisify(execFile);
const DAYS = '2';

export async function makeCertificate(directory: string): Promise<Certificate> {
  const folder = join(directory, 'tls');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [keystore, caFile] = [join(folder, 'broker.p12'), join(folder, 'ca.pem')];
  const password = randomBytes(18).toString('hex');
  const store = ['-alias', 'broker', '-keystore', keystore, '-storetype', 'PKCS12', '-storepass:env', 'STORE_PASSWORD'];
  const env = { ...process.env, STORE_PASSWORD: password };
  const name = ['-dname', 'CN=127.0.0.1', '-ext', 'SAN=ip:127.0.0.1,dns:localhost', '-validity', DAYS];
  await run('keytool', ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', ...name, ...store], { env });
  const { stdout } = await run('keytool', ['-exportcert', '-rfc', ...store], { env });
  writeFileSync(caFile, stdout);
  const listener = 'listener.name.client.ssl.keystore';
  return {
    caFile,
    brokerSettings: {
      'listener.security.protocol.map': 'CLIENT:SASL_SSL,INTERNAL:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
      [`${listener}.type`]: 'PKCS12',
      [`${listener}.location`]: keystore,
      [`${listener}.password`]: password,
    },
  };
}
