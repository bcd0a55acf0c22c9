/** Real exchanges, recorded in a file and replayed from it. */
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { getEventLoop, type GeneratorBody } from 'cotask';
import { errors } from 'undici';
import { defaultBounds } from '../bounds.ts';
import type { HoldTime } from '../bodies/content-decoder.ts';
import {
  byteBound,
  checkOptions,
  someFunction,
  trueOrFalse,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';
import { connectorRules, type ConnectorOptions } from '../connections/connector-options.ts';
import { Connector, type OriginOptions } from '../connections/connector.ts';
import type { LaneUser } from '../connections/lane.ts';
import type { Route } from '../connections/routes.ts';
import { InvalidOptionError } from '../errors/index.ts';
import type { CassetteExchange } from './cassette-exchange.ts';
import { CassetteError, readCassette, writeCassette } from './cassette-file.ts';
import { cleanAgain, differencesOf, keyOf, learnSecrets, scriptOf, storeRecording } from './cassette-library.ts';
import { holdVirtualTime } from './held-time.ts';
import { NotCalledError, UnmatchedRequestError } from './mock-errors.ts';
import { Recording } from './recording.ts';
import { Redactor, type RedactFunction } from './redactor.ts';
import type { Script } from './script.ts';
import { ScriptedExchange, type ScriptOwner } from './scripted-exchange.ts';
import type { SecretName } from './secret-names.ts';
import { SentRequest } from './sent-request.ts';

/**
 * `replay` answers from the file and connects to nobody; `record` connects, and writes a new file; `recordMissing` answers
 * from the file what is there, and records the rest.
 */
export type CassetteMode = 'record' | 'replay' | 'recordMissing';

/** Options of {@link Cassette}: a connector's, for recording, and these. */
export interface CassetteOptions extends ConnectorOptions {
  /** Default `replay`. */
  mode?: CassetteMode | undefined;
  /** More names of header fields, parameters and body fields that hold secrets; a text is a whole name. */
  secretNames?: readonly SecretName[] | undefined;
  /**
   * Takes more out: called with each URL, header value, textual body and error message when it is written, and with those of
   * requests when they are compared. `REDACTED` in what it returns fits anything in a replay.
   */
  redact?: RedactFunction | undefined;
  /** The most bytes of a body that are recorded, and of what comes out of its codings. Default 10 MiB. */
  maxBodySize?: number | undefined;
  /** True replays at the pace of the recording, on the loop's clock. Default false: at once. */
  timed?: boolean | undefined;
}

const someMode: OptionRule = (value) =>
  value === 'record' || value === 'replay' || value === 'recordMissing'
    ? null
    : "must be 'record', 'replay' or 'recordMissing'";
const someNames: OptionRule = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string' || name instanceof RegExp)
    ? null
    : 'must be a list of names and RegExps';

const optionRules: OptionRules<CassetteOptions> = {
  ...connectorRules,
  mode: someMode,
  secretNames: someNames,
  redact: someFunction,
  maxBodySize: byteBound,
  timed: trueOrFalse,
};

const maxBodyDefault = 10 * 1024 * 1024;
/** The files that are being recorded in this process: two would overwrite each other. */
const recorded = new Set<string>();

interface Entry {
  readonly exchange: CassetteExchange;
  used: boolean;
}

/**
 * A connector that records the exchanges on its connections, each hop of a redirect and each try, or replays them:
 * `new ClientSession({ connector: cassette })`. Secrets are removed before anything is written. The file is written by
 * `close()`, whole or not at all.
 *
 * @example
 * ```ts no-run
 * import { ClientSession } from '@cotask/http';
 * import { Cassette } from '@cotask/http/testing';
 *
 * await using cassette = new Cassette('fixtures/users.json', { mode: process.env['RECORD'] ? 'record' : 'replay' });
 * await using session = new ClientSession({ connector: cassette });
 * const response = await session.get('https://api.example/users/1');
 * console.log(await response.json());
 * cassette.assertAllReplayed();
 * ```
 */
export class Cassette extends Connector {
  readonly mode: CassetteMode;
  /** The whole path. */
  readonly file: string;
  /** @internal */
  override readonly holdTime: HoldTime | null;
  readonly #most: number;
  readonly #timed: boolean;
  readonly #redactor: Redactor;
  /** For requests that are compared. */
  readonly #comparing: Redactor;
  readonly #entries: Entry[];
  readonly #unmatched: UnmatchedRequestError[] = [];
  readonly #recordings: Recording[] = [];
  readonly #byUser = new WeakMap<LaneUser, Recording>();
  readonly #open = new Set<ScriptedExchange>();
  readonly #owner: ScriptOwner;

  /**
   * @throws {InvalidOptionError} for an option that does not exist or cannot be.
   * @throws {CassetteError} when the file is missing for `replay`, is no cassette, or is being recorded already.
   */
  constructor(file: string, options: CassetteOptions = {}) {
    checkOptions('Cassette', options, optionRules);
    const {
      mode = 'replay',
      secretNames = [],
      redact = null,
      maxBodySize = maxBodyDefault,
      timed,
      ...connection
    } = options;
    super(connection);
    this.mode = mode;
    this.file = resolve(file);
    this.#most = maxBodySize;
    this.#timed = timed ?? false;
    this.#redactor = new Redactor(secretNames, redact, true);
    this.#comparing = new Redactor(secretNames, redact, false);
    this.holdTime = mode === 'replay' ? holdVirtualTime : null;
    this.#entries = this.#load();
    if (mode !== 'replay') this.#claim();
    this.#owner = {
      maxHeaderSize: options.maxHeaderSize ?? defaultBounds.maxHeaderSize,
      publicAddressesOnly: options.publicAddressesOnly ?? false,
      choose: (request, body) => this.#choose(request, body),
      takeConnection: () => false,
      requestOver: (exchange) => this.#open.delete(exchange),
    };
  }

  /** The recorded exchanges that no request has used, in words. */
  get unused(): readonly string[] {
    return this.#entries.flatMap((entry, at) => (entry.used ? [] : [wordsOf(entry.exchange, at)]));
  }

  /**
   * Fails when a recorded exchange was not replayed, or a request was made that none fits.
   * @throws {NotCalledError}
   */
  assertAllReplayed(): void {
    const faults = [
      ...this.unused.map((words) => `${words} was not replayed`),
      ...this.#unmatched.map(({ message }) => message),
    ];
    if (faults.length > 0) throw new NotCalledError(`${this.file}:\n${faults.join('\n')}`);
  }

  /** @internal */
  override dispatch(options: OriginOptions, user: LaneUser, route: Route | null): void {
    if (options.upgrade !== undefined && options.upgrade !== null)
      throw new InvalidOptionError(
        'a Cassette records no WebSocket, and replays none; give the session another connector',
      );
    const request = new SentRequest(options, getEventLoop().time());
    if (this.mode === 'replay') this.#replay(request, options, user);
    else if (this.mode === 'record' || this.#entries.length === 0) this.#record(request, options, user, route);
    else if (options.body instanceof Readable) void this.#readFirst(options.body, { request, options, user, route });
    else {
      request.hasBody(options.body instanceof Uint8Array ? options.body : new Uint8Array(0));
      this.#recordMissing(request, options, user, route);
    }
  }

  /** @internal Ends what is under way, then writes the file. */
  override async end(): Promise<void> {
    const first = !this.closed;
    for (const exchange of this.#open) exchange.giveUp(new errors.ClientDestroyedError());
    await super.end();
    if (!first || this.mode === 'replay') return;
    recorded.delete(this.file);
    if (this.#recordings.length > 0) writeCassette(this.file, this.#exchanges());
  }

  #load(): Entry[] {
    if (this.mode === 'record') return [];
    const exchanges = readCassette(this.file);
    if (exchanges === null && this.mode === 'replay')
      throw new CassetteError(this.file, "there is no such file; mode: 'record' makes it");
    return (exchanges ?? []).map((exchange) => ({ exchange, used: false }));
  }

  #claim(): void {
    if (recorded.has(this.file))
      throw new CassetteError(this.file, 'it is being recorded already; close that cassette first');
    recorded.add(this.file);
  }

  // ---- replaying -------------------------------------------------------------------------------------------------

  #replay(request: SentRequest, options: OriginOptions, user: LaneUser): void {
    this.#open.add(new ScriptedExchange(this.#owner, request, options, user));
  }

  *#choose(request: SentRequest, body: () => GeneratorBody<void>): GeneratorBody<Script> {
    yield* body();
    const entry = this.#take(request);
    if (entry === null) throw this.#refuse(request);
    return scriptOf(entry.exchange, this.#timed);
  }

  /** The first exchange that fits and was not replayed yet; it is from now on. */
  #take(request: SentRequest): Entry | null {
    const key = keyOf(request, this.#comparing, this.#most);
    const entry = this.#entries.find((each) => !each.used && differencesOf(each.exchange, key).length === 0) ?? null;
    if (entry !== null) entry.used = true;
    return entry;
  }

  #refuse(request: SentRequest): UnmatchedRequestError {
    const key = keyOf(request, this.#comparing, this.#most);
    const [nearest] = this.#entries
      .map(({ exchange, used }, at) => {
        const differences = differencesOf(exchange, key);
        return {
          words: wordsOf(exchange, at),
          differences: used ? [...differences, 'it was replayed already'] : differences,
        };
      })
      .sort((a, b) => a.differences.length - b.differences.length);
    const why =
      nearest === undefined
        ? `${this.file} has no exchange`
        : `no exchange of ${this.file} fits; the nearest is ${nearest.words}: ${nearest.differences.join('; ')}`;
    const error = new UnmatchedRequestError({ method: key.method, url: key.url }, why, nearest?.differences ?? []);
    this.#unmatched.push(error);
    return error;
  }

  // ---- recording -------------------------------------------------------------------------------------------------

  #record(request: SentRequest, options: OriginOptions, user: LaneUser, route: Route | null): void {
    const loop = getEventLoop();
    const recording = new Recording(request, options.body, user, this.#most, () => loop.time());
    const before = this.#byUser.get(user);
    this.#byUser.set(user, recording);
    // A second try on another connection, of which the user does not hear, takes the place of the first.
    if (before === undefined) this.#recordings.push(recording);
    else this.#recordings[this.#recordings.indexOf(before)] = recording;
    super.dispatch(options, recording, route);
  }

  #recordMissing(request: SentRequest, options: OriginOptions, user: LaneUser, route: Route | null): void {
    const key = keyOf(request, this.#comparing, this.#most);
    const known = this.#entries.some(({ exchange, used }) => !used && differencesOf(exchange, key).length === 0);
    if (known) this.#replay(request, options, user);
    else this.#record(request, options, user, route);
  }

  /** Whether a request is known is seen by its body, which can be read once only. */
  async #readFirst(
    body: Readable,
    {
      request,
      options,
      user,
      route,
    }: { request: SentRequest; options: OriginOptions; user: LaneUser; route: Route | null },
  ): Promise<void> {
    try {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(Buffer.from(chunk));
      const whole = Buffer.concat(chunks);
      request.hasBody(whole);
      this.#recordMissing(request, { ...options, body: whole }, user, route);
    } catch (error) {
      user.onResponseError(null, error instanceof Error ? error : new Error('the body failed', { cause: error }));
    }
  }

  #exchanges(): CassetteExchange[] {
    for (const recording of this.#recordings) learnSecrets(recording, this.#redactor, this.#most);
    return [
      ...this.#entries.map(({ exchange }) => cleanAgain(exchange, this.#redactor)),
      ...this.#recordings.map((recording) => storeRecording(recording, this.#redactor, this.#most)),
    ];
  }
}

function wordsOf({ request }: CassetteExchange, at: number): string {
  return `exchange ${at + 1} (${request.method} ${request.url})`;
}
