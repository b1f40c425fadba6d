import { CommandFailure } from '../failure.js';

/**
 * Asks on standard error and reads one line without echo. Null where standard input is no terminal: a pipe would show
 * the secret to whoever wrote the command.
 */
export function secretPrompt(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
): ((question: string) => Promise<string>) | null {
  if (!input.isTTY) return null;
  return (question) =>
    new Promise<string>((resolve, reject) => {
      let typed = '';
      output.write(`${question}: `);
      input.setRawMode(true);
      input.setEncoding('utf8');
      input.resume();

      const end = (): void => {
        input.off('data', onData);
        input.setRawMode(false);
        input.pause();
        output.write('\n');
      };
      const onData = (chunk: string): void => {
        for (const char of chunk) {
          if (char === '\r' || char === '\n') {
            end();
            resolve(typed);
            return;
          }
          if (char === '\u0003' || char === '\u0004') {
            end();
            reject(new CommandFailure('failed', 'not logged in'));
            return;
          }
          typed = char === '\u007f' || char === '\b' ? typed.slice(0, -1) : typed + char;
        }
      };
      input.on('data', onData);
    });
}
