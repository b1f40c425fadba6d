import { homedir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { runCommand } from './program.js';
import { secretPrompt } from './terminal/ask-secret.js';

process.exitCode = await runCommand(
  process.argv.slice(2),
  {
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    now: () => new Date(),
    pause: (ms) => setTimeout(ms),
    out: (text) => void process.stdout.write(`${text}\n`),
    askSecret: secretPrompt(process.stdin, process.stderr),
  },
  (text) => void process.stderr.write(text),
);
