/** Names, texts and states beside the chain: each is what was digested, or an erasure in the chain says that it went. */
import { digestOfDetail, type Entry, isObject, type Json, objectIn, textIn } from './format.js';
import type { Finding } from './findings.js';

const ERASURE = 'evidence.erased';
const ACTOR = 'actor';

export class DetailCheck {
  private readonly damaged: Finding[] = [];
  private readonly erasedActors = new Set<string>();
  private readonly erasedParts = new Set<string>();
  /** Digest of a name that is nowhere, and the records that lack it. */
  private readonly namelessActors = new Map<string, number[]>();
  private readonly missing: { sequence: number; part: string }[] = [];

  take({ sequence, record, beside }: Entry): void {
    const digests: Record<string, Json> = { ...(isObject(record['digests']) ? record['digests'] : {}) };
    digests[ACTOR] = record['actor'] ?? null;
    for (const [part, detail] of beside) {
      if (digests[part] === digestOfDetail(detail)) continue;
      const message = part in digests ? `its ${part} is not what was digested` : `it was written without a ${part}`;
      this.damaged.push({ code: 'DETAIL_EDITED', record: sequence, message });
    }
    for (const part of Object.keys(digests)) {
      if (beside.has(part)) continue;
      if (part === ACTOR) this.lacksName(textIn(digests[part]), sequence);
      else this.missing.push({ sequence, part });
    }
    if (record['action'] === ERASURE) this.takeErasure(beside.get('after')?.content);
  }

  /** What was erased, and is said to have been. */
  get erased(): { names: number; texts: number } {
    const names = [...this.namelessActors.keys()].filter((actor) => this.erasedActors.has(actor)).length;
    return { names, texts: this.missing.filter((m) => this.erasedParts.has(keyOf(m))).length };
  }

  /** `erasuresShown` is false where the file holds only some records: then nothing can be said of what is absent. */
  findings(erasuresShown: boolean): Finding[] {
    if (!erasuresShown) return this.damaged;
    const nameless = [...this.namelessActors].flatMap(([actor, [first = 0, ...more]]): Finding[] => {
      if (this.erasedActors.has(actor)) return [];
      const message = `the name of who acted is missing${more.length > 0 ? ` here and in ${more.length} more` : ''}, and no erasure says so`;
      return [{ code: 'DETAIL_MISSING', record: first, message }];
    });
    const lost = this.missing.flatMap((m): Finding[] => {
      if (this.erasedParts.has(keyOf(m))) return [];
      return [
        { code: 'DETAIL_MISSING', record: m.sequence, message: `its ${m.part} is missing, and no erasure says so` },
      ];
    });
    return [...this.damaged, ...nameless, ...lost];
  }

  get absent(): number {
    return this.missing.length + this.namelessActors.size;
  }

  private lacksName(actor: string, sequence: number): void {
    const records = this.namelessActors.get(actor);
    if (records === undefined) this.namelessActors.set(actor, [sequence]);
    else records.push(sequence);
  }

  private takeErasure(content: string | undefined): void {
    const erased = content === undefined ? null : objectIn(content);
    if (erased === null) return;
    const { actors, parts } = erased;
    if (Array.isArray(actors)) for (const actor of actors) this.erasedActors.add(textIn(actor));
    for (const [part, numbers] of isObject(parts) ? Object.entries(parts) : []) {
      if (!Array.isArray(numbers)) continue;
      for (const sequence of numbers) this.erasedParts.add(keyOf({ sequence: Number(sequence), part }));
    }
  }
}

const keyOf = ({ sequence, part }: { sequence: number; part: string }): string => `${sequence} ${part}`;
