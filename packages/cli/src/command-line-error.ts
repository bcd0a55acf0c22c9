import { CotaskError } from 'cotask';

/** A command line that cannot be used; nothing was done. */
export class CommandLineError extends CotaskError {
  /** What to do about it, in one sentence. */
  readonly hint: string;

  constructor(message: string, hint: string) {
    super('COTASK_CLI_USAGE', message);
    this.hint = hint;
  }
}
