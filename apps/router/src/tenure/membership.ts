import type { Assignment, KafkaFailure, MemberHandler } from '@citystreams/kafka';
import { Logger } from '@nestjs/common';
import type { Change } from '../directory/change.js';

export interface MembershipHost {
  /** Nothing more may be taken: the assignment is over. */
  freeze(): void;
  /** The group forgot this member, or another has its place: nothing can be gone on with. */
  lost(failure: KafkaFailure): void;
}

/** What the group has told this member last, for the main loop to act on. */
export class Membership implements MemberHandler {
  private readonly log = new Logger('group');
  #assignment: Assignment | null = null;
  #letGo: (() => void)[] = [];

  constructor(
    private readonly changed: Change,
    private readonly host: MembershipHost,
  ) {}

  /** What may be committed with its generation; null: nothing. */
  get assignment(): Assignment | null {
    return this.#assignment;
  }

  get isRevoking(): boolean {
    return this.#letGo.length > 0;
  }

  /** To be called when the partitions that are to be given back are let go. */
  releases(): (() => void)[] {
    const releases = this.#letGo;
    this.#letGo = [];
    return releases;
  }

  assigned(assignment: Assignment): void {
    this.#assignment = assignment;
    this.changed.announce();
  }

  revoked(): Promise<void> {
    this.#assignment = null;
    this.host.freeze();
    return new Promise((resolve) => {
      this.#letGo.push(resolve);
      this.changed.announce();
    });
  }

  lost(failure: KafkaFailure): void {
    this.#assignment = null;
    this.host.lost(failure);
  }

  troubled(failure: KafkaFailure | null): void {
    if (failure !== null) this.log.warn(`the group cannot be reached well: ${failure.message}`);
  }
}
