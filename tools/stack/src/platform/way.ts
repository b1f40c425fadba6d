/** How a part of the stack is run: at an address somebody gave, in a container, or as a child process of ours. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomically } from './data-directory.js';

export const Way = z.enum(['address', 'docker', 'local']);
export type Way = z.infer<typeof Way>;

/** Reports what takes longer than a moment, one line at a time. */
export type Progress = (line: string) => void;

export interface WayCandidate {
  readonly way: 'docker' | 'local';
  /** "Docker", "Kafka's own jars through Maven": for messages. */
  readonly title: string;
  /** Null when it can be taken, otherwise why not. May prepare (pull, download) and reports that. */
  obstacle(): Promise<string | null>;
}

export class NoWay extends Error {
  readonly code = 'NO_WAY';
}

/** @throws NoWay when what is asked for is not where the data of this data directory live */
function refuseAnother(part: string, kept: Way | undefined, asked: Way): void {
  if (!kept || kept === asked) return;
  throw new NoWay(
    `${part}: this data directory was started the "${kept}" way, and "${asked}" is asked for: npm run reset, or use another data directory`,
  );
}

/** For a part that somebody gave by address. @throws NoWay */
export function chooseAddress(o: { readonly part: string; readonly kept?: Way }): void {
  refuseAnother(o.part, o.kept, 'address');
}

/**
 * The kept way if there is one (its data live there, so no other may be taken silently), else the first that works.
 * @throws NoWay naming every way and what stands against it
 */
export async function chooseWay(o: {
  readonly part: string;
  readonly address: string;
  readonly candidates: readonly WayCandidate[];
  readonly kept?: Way;
  readonly forced?: Way;
  readonly progress: Progress;
}): Promise<'docker' | 'local'> {
  if (o.kept === 'address') {
    throw new NoWay(
      `${o.part}: this data directory was used with ${o.address}, which is not set now: set it, or npm run reset`,
    );
  }
  if (o.forced) refuseAnother(o.part, o.kept, o.forced);
  const only = o.kept ?? o.forced;
  const obstacles: string[] = [];
  for (const candidate of o.candidates) {
    if (only && candidate.way !== only) continue;
    const obstacle = await candidate.obstacle();
    if (obstacle === null) return candidate.way;
    obstacles.push(`${candidate.title}: ${obstacle}`);
    if (!only && candidate !== o.candidates.at(-1)) o.progress(`${o.part}: not by ${candidate.title} (${obstacle})`);
  }
  const kept = o.kept ? ` The data of this data directory live there; npm run reset starts anew.` : '';
  throw new NoWay(
    [`${o.part} cannot be started.${kept}`, ...obstacles, `By address: ${o.address} is not set.`].join('\n  '),
  );
}

const WayFile = z.object({ way: Way });

/** The way taken at the first start on this data directory, if any. */
export function keptWay(file: string): Way | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return WayFile.parse(JSON.parse(text)).way;
  } catch (cause) {
    throw new NoWay(`${file} cannot be read: npm run reset, or remove the file`, { cause });
  }
}

export function keepWay(file: string, way: Way): void {
  writeFileAtomically(file, `${JSON.stringify({ way })}\n`);
}
