/**
 * The way of a line, from stage to stage: source → plan → fetch → store → record. The stages do not know each other;
 * here they are joined. Between plan and fetch stands the window of `HostQueues`, whose bound is the backpressure on the
 * list; every other hand-over is a call, because a stage that has its line is done with it.
 *
 *     read (one task)         source: batches of lines → plan: a name each → window
 *     begin (a callback)      window → a worker for the line, when it has a turn
 *     work (a task each)      fetch, with its tries → store → record; then the next line, with the same turn
 *     stop (a signal)         no more lines; grace for those under way; the rest dropped
 */

import { coroutine, getEventLoop, sleep, taskGroup, wait } from 'cotask';
import type { Coroutine, EventLoop, GeneratorBody, Task, TaskGroup, TimerHandle } from 'cotask';
import type { ClientSession } from '@cotask/http';
import { fileExists } from './check-list.ts';
import type { DownloadListener } from './events.ts';
import { fetchFile } from './fetch/fetch-file.ts';
import type { FetchTools } from './fetch/fetch-file.ts';
import { RETRY_LIMITS } from './fetch/retry-policy.ts';
import { HostQueues, WINDOW } from './host-queues.ts';
import type { Settings } from './options.ts';
import { plannedCodec } from './plan/pack-plan.ts';
import { plan } from './plan/plan.ts';
import type { Plan, PlanTools } from './plan/plan.ts';
import { SeenNames } from './plan/seen-names.ts';
import type { FailedList } from './record/failed-list.ts';
import { isListedUrl } from './source/check-url.ts';
import type { OpenList } from './source/list-source.ts';
import type { OutputFolder, Stored } from './store/output-folder.ts';
import { folderError } from './store/folder-error.ts';
import { SyncedStore } from './store/synced-store.ts';
import { FILE_EXISTS } from './types.ts';
import type { BadLine, Failure, FetchedFile, ListedUrl, PlannedFile } from './types.ts';
import { Worker } from './worker.ts';

/** What a pipeline is made of. */
export interface PipelineParts {
  readonly settings: Settings;
  readonly list: OpenList;
  readonly folder: OutputFolder;
  readonly session: ClientSession;
  readonly failedList: FailedList;
  readonly emit: DownloadListener;
}

/**
 * Between two batches of lines that are read ahead, in milliseconds: more than 10,000 lines a second are found so, and the
 * garbage they leave does not make the heap grow, as that of one burst does.
 */
const READING_AHEAD = 10;

/** Runs a list through the stages. Returns how it ended; throws what ends a whole download. */
export function runPipeline(parts: PipelineParts): Coroutine<'complete' | 'stopped'> {
  return runStages(parts);
}

const runStages = coroutine(function* runStages(parts: PipelineParts) {
  return yield* taskGroup(function* stages(group) {
    const pipeline = new Pipeline(parts, group);
    try {
      return yield* pipeline.run();
    } finally {
      pipeline.close();
    }
  });
});

class Pipeline {
  readonly #parts: PipelineParts;
  readonly #group: TaskGroup;
  readonly #loop: EventLoop = getEventLoop();
  readonly #queues: HostQueues<PlannedFile>;
  readonly #seen: SeenNames;
  readonly #planTools: PlanTools;
  readonly #fetchTools: FetchTools;
  readonly #synced: SyncedStore | null;
  readonly #workers: Set<Worker> = new Set();
  #reader: Task<void> | null = null;
  #graceTimer: TimerHandle | null = null;
  #stopped = false;
  #lines = 0;
  #begun = false;

  constructor(parts: PipelineParts, group: TaskGroup) {
    const { settings, folder, session, emit } = parts;
    this.#parts = parts;
    this.#group = group;
    const limits = { limit: settings.limit, limitPerHost: settings.limitPerHost, ...WINDOW };
    this.#queues = new HostQueues(limits, plannedCodec, (entry) => this.#begin(entry));
    this.#seen = new SeenNames(folder.run.file('seen.sqlite'));
    this.#synced = settings.fsync ? new SyncedStore(folder) : null;
    this.#planTools = {
      existing: settings.existing,
      note: (name) => this.#note(name),
      has: (file) => folder.has(file),
    };
    const { maxSize, minRate, timeout } = settings;
    this.#fetchTools = {
      bodyLimits: { maxSize, minRate, window: timeout },
      ...{ session, emit, limits: { ...RETRY_LIMITS, retries: settings.retries }, random: Math.random },
      openPart: () => folder.openPart(),
      park: (host, wait) => this.#park(host, wait),
      lowerLimit: () => this.#queues.lowerLimit(),
    };
  }

  *run(): GeneratorBody<'complete' | 'stopped'> {
    const { stop } = this.#parts.settings;
    const onStop = (): void => this.#stop();
    stop?.addEventListener('abort', onStop);
    try {
      const syncer =
        this.#synced === null ? null : this.#group.createTask(this.#synced.syncing(), { name: 'sync files' });
      this.#reader = this.#group.createTask(readList(this), { name: 'read the list' });
      if (stop?.aborted === true) this.#stop();
      yield* this.#ended();
      syncer?.cancel('every file is synced');
      return this.#stopped ? 'stopped' : 'complete';
    } finally {
      stop?.removeEventListener('abort', onStop);
    }
  }

  /** Source and plan. */
  *read(): GeneratorBody<void> {
    const { list, emit } = this.#parts;
    for (let batch = yield* list.next(); batch !== null; batch = yield* list.next()) {
      this.#lines += batch.length;
      emit({ type: 'list', lines: this.#lines, progress: list.progress() });
      yield* this.#planBatch(batch);
    }
    emit({ type: 'list', lines: this.#lines, progress: 1 });
  }

  /** Carries lines out, one after the other, for as long as there is one that may have the turn. */
  *work(worker: Worker): GeneratorBody<void> {
    try {
      for (let entry = worker.begin(); entry !== null; entry = worker.next()) yield* this.#carryOut(entry, worker);
    } finally {
      worker.end();
      this.#workers.delete(worker);
    }
  }

  close(): void {
    this.#graceTimer?.cancel();
    this.#queues.close();
    this.#seen.close();
  }

  *#planBatch(batch: readonly (ListedUrl | BadLine)[]): GeneratorBody<void> {
    const planned = batch.map((one) => (isListedUrl(one) ? plan(one, this.#planTools) : one));
    if (!this.#begun) refuseBeforeRequests(planned);
    this.#begun = true;
    for (const one of planned) {
      if ('verdict' in one) yield* this.#enqueue(one);
      else this.#recordFailed(one, { kind: 'bad line', message: one.reason, status: null, cause: null }, 0);
    }
    yield* sleep(this.#queues.isReadingAhead ? READING_AHEAD : 0);
  }

  *#enqueue({ entry, verdict }: Plan): GeneratorBody<void> {
    if (verdict === 'skip') return this.#parts.emit({ type: 'skipped', entry });
    if (verdict === 'refuse') return this.#recordFailed(entry, existsFailure(entry), 0);
    while (!this.#queues.hasRoom()) yield* this.#queues.roomFreed();
    this.#queues.add(entry);
  }

  /** Waits until the list is read and every line of it has become a file or a failure. */
  *#ended(): GeneratorBody<void> {
    if (this.#reader !== null) yield* wait([this.#reader]);
    while (this.#queues.lines > 0) yield* this.#queues.drained();
  }

  #begin(entry: PlannedFile): void {
    const worker = new Worker(entry, this.#queues);
    this.#workers.add(worker);
    worker.task = this.#group.createTask(work(this, worker), { name: entry.href });
  }

  /** Fetch, store and record. Nothing is requested while a file is synced, so the turn goes to another line. */
  *#carryOut(entry: PlannedFile, worker: Worker): GeneratorBody<void> {
    const outcome = yield* fetchFile(entry, worker, this.#fetchTools);
    if ('failure' in outcome) return this.#recordFailed(entry, outcome.failure, outcome.tries);
    if (this.#synced !== null) worker.giveBack();
    const stored = this.#synced === null ? this.#store(outcome) : yield* this.#synced.store(outcome.part, entry.file);
    if (stored === 'stored') return this.#recordStored(outcome);
    outcome.part.discard();
    this.#recordFailed(entry, existsFailure(entry), outcome.tries);
  }

  /** The table of names stands in the folder too, and can be where a full disk shows first. */
  #note(name: string): boolean {
    try {
      return this.#seen.add(name);
    } catch (error) {
      throw folderError(this.#parts.folder.path, error);
    }
  }

  #store({ part, entry }: FetchedFile): Stored {
    return this.#parts.folder.store(part, entry.file);
  }

  #recordStored(fetched: FetchedFile): void {
    const { entry, bytes, status, tries, elapsed, framed } = fetched;
    this.#parts.emit({ type: 'stored', entry, bytes, status, tries, elapsed, framed });
  }

  #recordFailed(entry: PlannedFile | BadLine, failure: Failure, tries: number): void {
    const { failedList, folder, emit } = this.#parts;
    try {
      failedList.add(entry, failure);
    } catch (error) {
      throw folderError(folder.path, error);
    }
    emit({ type: 'failed', entry, failure, tries });
  }

  #park(host: string, wait: number): void {
    this.#queues.park(host, wait);
    this.#parts.emit({ type: 'parked', host, wait });
  }

  /** No more lines; those under way get the grace, and what is left then is cancelled. */
  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { settings, emit } = this.#parts;
    this.#reader?.cancel('the download is stopped');
    this.#queues.drop();
    emit({ type: 'stopping', underWay: this.#workers.size, grace: settings.grace });
    this.#graceTimer = this.#loop.callLater(settings.grace, () => {
      for (const worker of this.#workers) worker.cancel('the grace after the stop is over');
    });
  }
}

const readList = coroutine((pipeline: Pipeline) => pipeline.read());

const work = coroutine((pipeline: Pipeline, worker: Worker) => pipeline.work(worker));

/** Nothing was requested yet, so nothing is lost by ending here. */
function refuseBeforeRequests(planned: readonly (Plan | BadLine)[]): void {
  for (const one of planned) {
    if ('verdict' in one && one.verdict === 'refuse') throw fileExists(one.entry.line, one.entry.file);
  }
}

function existsFailure({ file }: PlannedFile): Failure {
  return { kind: FILE_EXISTS, message: `the file ${file} is there already`, status: null, cause: null };
}
