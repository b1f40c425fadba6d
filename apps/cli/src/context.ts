/** What a command is given of the world: read once in `main.ts`, so that commands can be tried without a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface CommandContext {
  readonly env: Environment;
  readonly cwd: string;
  /** Home of the person, for the session file. */
  readonly home: string;
  now(): Date;
  pause(ms: number): Promise<void>;
  out(text: string): void;
  /** Asks without echo; null where nobody sits at a terminal. */
  readonly askSecret: ((question: string) => Promise<string>) | null;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string;
  readonly profile?: string;
  readonly json?: boolean;
}
