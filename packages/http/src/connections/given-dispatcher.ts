/**
 * Requests over a dispatcher that somebody brings: undici's MockAgent, an Agent with interceptors. It connects as it likes
 * and stays with whoever made it; ours is to say that a request is over when the connector ends.
 */
import { errors, type Dispatcher } from 'undici';

/** A dispatcher that was given, and the requests that are on it. */
export class GivenDispatcher {
  readonly #dispatcher: Dispatcher;
  readonly #open = new Set<GivenRequest>();

  constructor(dispatcher: Dispatcher) {
    this.#dispatcher = dispatcher;
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const request = new GivenRequest(handler, () => this.#open.delete(request));
    this.#open.add(request);
    try {
      this.#dispatcher.dispatch(options, request);
    } catch (error) {
      request.onResponseError(
        null,
        error instanceof Error ? error : new Error('the dispatcher failed', { cause: error }),
      );
    }
  }

  /** Ends every request that is on it. */
  end(): void {
    for (const request of this.#open) request.giveUp(new errors.ClientDestroyedError());
  }
}

/** undici's handler: hands on what it hears until the request is over. */
class GivenRequest implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #onOver: () => void;
  #controller: Dispatcher.DispatchController | null = null;
  #over = false;

  constructor(handler: Dispatcher.DispatchHandler, onOver: () => void) {
    this.#handler = handler;
    this.#onOver = onOver;
  }

  giveUp(error: Error): void {
    const controller = this.#controller;
    this.onResponseError(controller, error);
    controller?.abort(error);
  }

  #end(): void {
    this.#over = true;
    this.#onOver();
  }

  onRequestStart(controller: Dispatcher.DispatchController, context: object): void {
    if (this.#over) return controller.abort(new errors.ClientDestroyedError());
    this.#controller = controller;
    this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...event: Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestUpgrade']>>): void {
    if (this.#over) return void event[3].destroy();
    this.#end();
    this.#handler.onRequestUpgrade?.(...event);
  }

  onBodySent(chunk: Buffer): void {
    if (!this.#over) this.#handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    if (!this.#over) this.#handler.onRequestSent?.();
  }

  onResponseStarted(): void {
    if (!this.#over) this.#handler.onResponseStarted?.();
  }

  onResponseStart(...event: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>): void {
    if (!this.#over) this.#handler.onResponseStart?.(...event);
  }

  onResponseData(...event: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseData']>>): void {
    if (!this.#over) this.#handler.onResponseData?.(...event);
  }

  onResponseEnd(...event: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseEnd']>>): void {
    if (this.#over) return;
    this.#end();
    this.#handler.onResponseEnd?.(...event);
  }

  onResponseError(controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return;
    this.#end();
    const none = controller ?? { aborted: true, paused: false, reason: error, abort() {}, pause() {}, resume() {} };
    this.#handler.onResponseError?.(none, error);
  }
}
