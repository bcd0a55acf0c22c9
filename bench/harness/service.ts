/** A process that serves while a bench runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that prints one line of JSON when it is ready, and ends when its standard input does. */
export class Service implements AsyncDisposable {
  readonly #stop: () => Promise<void>;
  /** What it printed. */
  readonly greeting: unknown;

  private constructor(greeting: unknown, stop: () => Promise<void>) {
    this.greeting = greeting;
    this.#stop = stop;
  }

  static async start(command: string, args: readonly string[]): Promise<Service> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'close');
    const [line] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (!Buffer.isBuffer(line)) throw new Error(`${[command, ...args].join(' ')} ended with ${line} before it served`);
    return new Service(JSON.parse(line.toString()), async () => {
      child.stdin.end();
      await ended;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}
