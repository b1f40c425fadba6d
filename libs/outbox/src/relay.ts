import type { RelayMessage } from './relay-message.js';
import { RelaySession } from './relay-session.js';
import { WakeUp } from './wake-up.js';

export interface RelayOptions {
  connectionString: string;
  schema: string;
  /**
   * Resolves when every message is stored for good, in the order given. Called with one batch at a time; a batch that
   * fails comes again, whole.
   */
  publish(messages: readonly RelayMessage[]): Promise<void>;
  /** What went wrong; the relay goes on by itself. */
  onProblem(error: unknown): void;
}

export interface OutboxRelay {
  /** Not ok while PostgreSQL or `publish` fails; a replica that waits for its turn is ok. */
  health(): { ok: boolean; reason?: string };
  /** Lets the batch in hand finish, then ends the session. */
  close(): Promise<void>;
}

/** NOTIFY is the usual wake-up; this finds what a lost one left behind, and a session that died silently. */
const POLL_MS = 5_000;
/** How soon another replica takes over. */
const STANDBY_POLL_MS = 1_000;
const BACKOFF_MS = [100, 250, 500, 1_000, 2_000, 5_000];

type State = 'starting' | 'sending' | 'standby' | 'failing';

/**
 * Sends what `enqueue` wrote: in the order of commit, at least once, one replica at a time (a session advisory lock), and
 * deletes what `publish` acknowledged. After a failure of PostgreSQL or of `publish` it comes back by itself.
 *
 * Not promised: that a `publish` of a replica that lost its session in that very moment ends before the next replica
 * sends. A consumer that must not see this uses the messages' own versions.
 */
export function openRelay(options: RelayOptions): OutboxRelay {
  const relay = new Relay(options);
  const running = relay.run();
  return {
    health: () => relay.health(),
    close: async () => {
      relay.stop();
      await running;
    },
  };
}

class Relay {
  private readonly wake = new WakeUp();
  private stopping = false;
  private state: State = 'starting';
  private failures = 0;

  constructor(private readonly options: RelayOptions) {}

  health(): { ok: boolean; reason?: string } {
    if (this.state === 'starting') return { ok: false, reason: 'the outbox relay is starting' };
    if (this.state === 'failing') return { ok: false, reason: 'the outbox relay cannot send' };
    return { ok: true };
  }

  stop(): void {
    this.stopping = true;
    this.wake.call();
  }

  /** One session after another, until stopped. */
  async run(): Promise<void> {
    while (!this.stopping) {
      let session: RelaySession | null = null;
      try {
        session = await RelaySession.open(this.options.connectionString, this.options.schema, () => this.wake.call());
        await this.serve(session);
      } catch (error) {
        await this.failed(error);
      } finally {
        await session?.close();
      }
    }
  }

  private async serve(session: RelaySession): Promise<void> {
    while (!this.stopping && !(await session.becomeSender())) {
      this.state = 'standby';
      await this.wake.wait(STANDBY_POLL_MS);
    }
    while (!this.stopping) {
      const batch = await session.oldest();
      if (batch.messages.length > 0) {
        await this.options.publish(batch.messages);
        await session.forget(batch);
      }
      this.state = 'sending';
      this.failures = 0;
      if (batch.messages.length === 0 && !this.stopping) await this.wake.wait(POLL_MS);
    }
  }

  private async failed(error: unknown): Promise<void> {
    this.state = 'failing';
    if (this.stopping) return;
    this.options.onProblem(error);
    const pause = BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)] ?? 0;
    await this.pause(pause);
  }

  /** A lost session rings more than once; only stopping may cut a pause short. */
  private async pause(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (!this.stopping && Date.now() < until) await this.wake.wait(until - Date.now());
  }
}
