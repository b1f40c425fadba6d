import type { Caller } from '@citystreams/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SchemaChanges } from '../../schemas/schema.changes.js';
import type { SubjectVersion } from '../../schemas/schema.model.js';
import { SchemaStore } from '../../schemas/schema.store.js';
import { Settings } from '../reading/settings.js';
import { LATEST, versionNumber } from '../reading/versions.js';
import { notPermitted, referenceExists, RegistryError, subjectNotFound, versionNotFound } from '../registry-error.js';
import { REGISTRY_RULES, type RegistryRules } from '../rules/registry-rules.js';

/**
 * Deletes softly, then for good, never the other way round. A version that another schema refers to stays; ids and
 * their schemas stay in any case, so that data written with them can be read again.
 */
@Injectable()
export class Deletions {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly store: SchemaStore,
    private readonly settings: Settings,
    @Inject(REGISTRY_RULES) private readonly rules: RegistryRules,
  ) {}

  /** @returns the number of the version that was deleted */
  async deleteVersion(caller: Caller, subject: string, asked: string, permanently: boolean): Promise<number> {
    const number = versionNumber(asked);
    await this.rules.requireWrite(caller, 'delete', subject);
    return this.store.registering(async (tx) => {
      await this.changes.takeFrom(tx);
      const found = this.versionToDelete(subject, number, permanently);
      this.requireWritable(subject);
      if (this.isReferenced(found, permanently, null)) throw referenceExists(subject, found.version);
      if (permanently && !found.deleted) {
        throw new RegistryError(
          'VERSION_NOT_SOFT_DELETED',
          `Subject '${subject}' Version ${found.version} was not deleted first before being permanently deleted`,
        );
      }
      await this.store.remove(tx, subject, [found.version], permanently ? 'gone' : 'deleted');
      if (permanently && this.changes.index.versions(subject).length === 1) await this.clearSettings(tx, subject);
      return found.version;
    });
  }

  /** @returns the numbers of the versions that were deleted */
  async deleteSubject(caller: Caller, subject: string, permanently: boolean): Promise<number[]> {
    await this.rules.requireWrite(caller, 'delete', subject);
    return this.store.registering(async (tx) => {
      await this.changes.takeFrom(tx);
      const all = this.changes.index.versions(subject);
      const live = all.filter(({ deleted }) => !deleted);
      if (all.length === 0) throw subjectNotFound(subject);
      if (!permanently && live.length === 0) {
        throw new RegistryError(
          'SUBJECT_SOFT_DELETED',
          `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`,
        );
      }
      this.requireWritable(subject);
      const found = permanently ? all : live;
      for (const version of found) {
        if (this.isReferenced(version, permanently, subject)) throw referenceExists(subject, version.version);
        if (permanently && !version.deleted) {
          throw new RegistryError(
            'SUBJECT_NOT_SOFT_DELETED',
            `Subject '${subject}' was not deleted first before being permanently deleted`,
          );
        }
      }
      const versions = found.map(({ version }) => version);
      await this.store.remove(tx, subject, versions, permanently ? 'gone' : 'deleted');
      if (permanently) await this.clearSettings(tx, subject);
      return versions;
    });
  }

  /** Whether the default context holds anything, also deleted. */
  isEmpty(): boolean {
    return this.changes.index.subjects()[Symbol.iterator]().next().done === true;
  }

  private versionToDelete(subject: string, number: number, permanently: boolean): SubjectVersion {
    const { index } = this.changes;
    const found = number === LATEST ? index.latest(subject) : index.version(subject, number);
    if (found === undefined) {
      throw index.versions(subject).length === 0 ? subjectNotFound(subject) : versionNotFound(number);
    }
    if (!found.deleted || permanently) return found;
    throw new RegistryError(
      'VERSION_SOFT_DELETED',
      `Subject '${subject}' Version ${number} was soft deleted.Set permanent=true to delete permanently`,
    );
  }

  /** @param but references of this subject do not count */
  private isReferenced({ subject, version }: SubjectVersion, alsoByDeleted: boolean, but: string | null): boolean {
    return this.changes.index
      .referringTo(subject, version)
      .some(({ uses }) => uses.some((use) => use.subject !== but && (alsoByDeleted || !use.deleted)));
  }

  private requireWritable(subject: string): void {
    if (this.settings.isReadOnly(subject)) throw notPermitted(`Subject ${subject} in context  is in read-only mode`);
  }

  private async clearSettings(tx: EntityManager, subject: string): Promise<void> {
    const { config, mode } = this.settings.stored(subject);
    if (config !== null || mode !== null) await this.store.saveSettings(tx, subject, { config: null, mode: null });
  }
}
