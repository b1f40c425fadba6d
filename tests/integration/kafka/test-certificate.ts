import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** DER: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const SEQUENCE = 0x30;
const [INTEGER, BITS, OCTETS, OID, UTF8, TIME, SET] = [0x02, 0x03, 0x04, 0x06, 0x0c, 0x18, 0x31];
const oid = (hex: string) => der(OID, Buffer.from(hex, 'hex'));
const ECDSA_WITH_SHA256 = der(SEQUENCE, oid('2a8648ce3d040302'));
const time = (when: Date) => der(TIME, Buffer.from(`${when.toISOString().replace(/[-:T]|\..*/g, '')}Z`));

/** A self-signed certificate for 127.0.0.1 that is good for an hour: its own authority. */
export function testCertificate(): { key: string; cert: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, oid('550403'), der(UTF8, Buffer.from('test broker')))));
  const addresses = der(SEQUENCE, der(0x87, Buffer.from([127, 0, 0, 1])));
  const extension = der(0xa3, der(SEQUENCE, der(SEQUENCE, oid('551d11'), der(OCTETS, addresses))));
  const valid = der(SEQUENCE, time(new Date(Date.now() - 60_000)), time(new Date(Date.now() + 3_600_000)));
  const version = der(0xa0, der(INTEGER, Buffer.from([2])));
  const serial = der(INTEGER, Buffer.from([1]));
  const body = der(SEQUENCE, version, serial, ECDSA_WITH_SHA256, name, valid, name, publicKey, extension);
  const signature = der(BITS, Buffer.from([0]), sign('sha256', body, privateKey));
  const whole = der(SEQUENCE, body, ECDSA_WITH_SHA256, signature);
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
