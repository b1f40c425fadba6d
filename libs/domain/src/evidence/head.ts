/** Signed ends of the chain: what is published, so that nobody can write the chain anew behind it. */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import type { AuditHead, AuditKey } from '@citystreams/contracts';
import type { ChainEnd } from './chain.js';
import { canonicalJson } from './digests.js';

export interface ChainHead extends ChainEnd {
  /** Id of the chain. */
  chain: string;
}

export interface HeadSigner {
  readonly signer: AuditKey;
  sign(head: ChainHead, at: Date): AuditHead;
}

/** Whether this is a private key in PEM that `openSigner` takes. */
export function isEd25519Key(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

export function openSigner(pem: string): HeadSigner {
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const key = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return {
    signer: { key, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    sign({ chain, sequence, hash }, at) {
      const said = { format: 1, kind: 'audit-head', chain, sequence, hash, at: at.toISOString(), key } as const;
      const signature = sign(null, Buffer.from(canonicalJson(said)), privateKey).toString('base64url');
      return { ...said, signature };
    },
  };
}
