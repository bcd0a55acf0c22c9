/** The options of `cotask download`: one table for the parser, `--help` and the guide. */

import { DEFAULTS } from '@cotask/download';

/** An option of the command. */
export interface CommandOption {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; null for an option without one. */
  readonly value: string | null;
  readonly repeatable?: boolean;
  readonly help: string;
}

export const OPTIONS: readonly CommandOption[] = [
  { name: 'into', value: 'DIR', help: 'the output folder; made if it is not there (required)' },
  { name: 'limit', value: 'N', help: `requests at once, in all (default ${DEFAULTS.limit})` },
  { name: 'limit-per-host', value: 'N', help: `requests at once for one host (default ${DEFAULTS.limitPerHost})` },
  {
    name: 'retries',
    value: 'N',
    help: `how often a URL is tried again after a failure that may pass (default ${DEFAULTS.retries})`,
  },
  {
    name: 'timeout',
    value: 'MS',
    help: `a try fails when no byte comes for so many milliseconds (default ${DEFAULTS.timeout})`,
  },
  {
    name: 'max-time',
    value: 'MS',
    help: 'a try fails when its file is not there after so many milliseconds (default: no bound)',
  },
  { name: 'max-size', value: 'BYTES', help: 'a larger file fails (default: no bound)' },
  {
    name: 'min-rate',
    value: 'BYTES',
    help: `a try fails when fewer bytes a second come over the timeout (default ${DEFAULTS.minRate})`,
  },
  {
    name: 'header',
    value: "'NAME: VALUE'",
    repeatable: true,
    help: 'a header for every request; may be given several times',
  },
  { name: 'strict', value: null, help: 'check the whole list file first, and refuse it if a line is bad' },
  { name: 'overwrite', value: null, help: 'replace files of an earlier run' },
  { name: 'skip-existing', value: null, help: 'keep files of an earlier run, and do not request them' },
  { name: 'fsync', value: null, help: 'sync every file to the disk before it counts as stored' },
  { name: 'json', value: null, help: 'print one JSON object a line on standard output, and a summary' },
  { name: 'quiet', short: 'q', value: null, help: 'print errors only' },
  { name: 'debug', value: null, help: 'print stack traces, and every retry; watch the loop' },
  { name: 'help', short: 'h', value: null, help: 'print this help' },
  { name: 'version', value: null, help: 'print the version' },
];
