/**
 * Spans and the duration metric of OpenTelemetry for the requests of a session, by its semantic conventions for HTTP
 * clients. `@opentelemetry/api` is handed in, and no dependency: what is needed of it is written down here.
 */
import type { GeneratorBody } from 'cotask';
import type { ClientRequest } from '../request/client-request.ts';
import type { ClientResponse } from '../response/client-response.ts';
import { checkOptions, someFunction, someObject } from '../check-options.ts';
import { ClientResponseError, InvalidOptionError } from '../errors/index.ts';
import type { ClientMiddleware } from '../request/middleware.ts';

/** Attributes of a span or a measurement. */
export type TelemetryAttributes = Record<string, string | number | boolean>;

/** What is used of a span. */
export interface TelemetrySpan {
  setAttributes(attributes: TelemetryAttributes): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  recordException(error: Error): unknown;
  end(): void;
}

/** What is used of a tracer. */
export interface TelemetryTracer<Context, Span extends TelemetrySpan> {
  startSpan(name: string, options: { kind: number; attributes: TelemetryAttributes }, context: Context): Span;
}

/** What is used of a meter. */
export interface TelemetryMeter {
  createHistogram(
    name: string,
    options: { description: string; unit: string; advice: { explicitBucketBoundaries: number[] } },
  ): { record(value: number, attributes: TelemetryAttributes): void };
}

/** What is used of the module `@opentelemetry/api`: hand the module itself in. */
export interface TelemetryApi<Context, Span extends TelemetrySpan> {
  readonly context: { active(): Context };
  readonly trace: {
    getTracer(name: string): TelemetryTracer<Context, Span>;
    setSpan(context: Context, span: Span): Context;
  };
  readonly metrics: { getMeter(name: string): TelemetryMeter };
  readonly propagation: { inject(context: Context, carrier: Record<string, string>): void };
}

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions<Context, Span extends TelemetrySpan> {
  /** In place of the global one. */
  tracer?: TelemetryTracer<Context, Span> | undefined;
  /** In place of the global one. */
  meter?: TelemetryMeter | undefined;
  /** The path of a URL with its variables left out, as `/users/{id}`: it becomes part of the span's name. */
  urlTemplate?: ((request: ClientRequest) => string | undefined) | undefined;
  /** Adds to the span's attributes, or changes them, before it starts. */
  attributes?: ((request: ClientRequest) => TelemetryAttributes) | undefined;
}

const clientKind = 2;
const errorStatus = 2;
const knownMethods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);
/** Seconds; the conventions name them. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Query parameters that are signatures; the conventions name them. */
const secretParams = ['AWSAccessKeyId', 'Signature', 'sig', 'X-Goog-Signature', 'X-Amz-Signature', 'X-Amz-Credential'];

/**
 * A middleware that makes a client span of each hop, hands the trace on in the request's header fields (`traceparent`), and
 * measures `http.client.request.duration`. A span ends with the response's body.
 *
 * ```ts
 * import * as api from '@opentelemetry/api';
 * import { ClientSession, openTelemetry } from '@cotask/http';
 *
 * await using session = new ClientSession({ middlewares: [openTelemetry(api)] });
 * ```
 */
export function openTelemetry<Context, Span extends TelemetrySpan>(
  api: TelemetryApi<Context, Span>,
  options: OpenTelemetryOptions<Context, Span> = {},
): ClientMiddleware {
  checkApi(api, options);
  const tracer = options.tracer ?? api.trace.getTracer('@cotask/http');
  const durations = (options.meter ?? api.metrics.getMeter('@cotask/http')).createHistogram(
    'http.client.request.duration',
    { description: 'Duration of HTTP client requests.', unit: 's', advice: { explicitBucketBoundaries: boundaries } },
  );
  return function* (request, next): GeneratorBody<ClientResponse> {
    const begun = performance.now();
    const around = api.context.active();
    const common = commonAttributes(request);
    const template = options.urlTemplate?.(request);
    const attributes = { ...common, ...spanAttributes(request, template), ...options.attributes?.(request) };
    const name = common['http.request.method'] === '_OTHER' ? 'HTTP' : request.method;
    const span = tracer.startSpan(
      template === undefined ? name : `${name} ${template}`,
      { kind: clientKind, attributes },
      around,
    );
    const carrier: Record<string, string> = {};
    api.propagation.inject(api.trace.setSpan(around, span), carrier);
    for (const [field, value] of Object.entries(carrier)) request.headers.set(field, value);
    const end = (outcome: TelemetryAttributes, error: unknown): void => {
      tellOutcome(span, outcome, error);
      durations.record((performance.now() - begun) / 1000, { ...common, ...outcome });
    };
    try {
      const response = yield* next(request);
      response.whenEnded((error) => end(outcomeOf(response, error), error));
      return response;
    } catch (error) {
      end({ 'error.type': errorType(error), ...statusOf(error) }, error);
      throw error;
    }
  };
}

function checkApi<Context, Span extends TelemetrySpan>(
  api: TelemetryApi<Context, Span>,
  options: OpenTelemetryOptions<Context, Span>,
): void {
  const isApi = typeof api === 'object' && api !== null && typeof api.trace?.getTracer === 'function';
  if (!isApi) throw new InvalidOptionError('openTelemetry() takes the module @opentelemetry/api as its first argument');
  checkOptions('openTelemetry()', options, {
    tracer: someObject,
    meter: someObject,
    urlTemplate: someFunction,
    attributes: someFunction,
  });
}

/** Attributes that spans and measurements share. */
function commonAttributes(request: ClientRequest): TelemetryAttributes {
  const { hostname, port, protocol } = new URL(request.origin);
  const scheme = protocol.slice(0, -1);
  return {
    'http.request.method': knownMethods.has(request.method) ? request.method : '_OTHER',
    'server.address': hostname.replace(/^\[(.*)\]$/u, '$1'),
    'server.port': port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
    'url.scheme': scheme,
  };
}

function spanAttributes(request: ClientRequest, template: string | undefined): TelemetryAttributes {
  const attributes: TelemetryAttributes = { 'url.full': withoutSecrets(request.url) };
  if (!knownMethods.has(request.method)) attributes['http.request.method_original'] = request.method;
  if (request.history.length > 0) attributes['http.request.resend_count'] = request.history.length;
  if (template !== undefined) attributes['url.template'] = template;
  return attributes;
}

function withoutSecrets(href: string): string {
  const url = new URL(href);
  const secrets = secretParams.filter((name) => url.searchParams.has(name));
  for (const name of secrets) url.searchParams.set(name, 'REDACTED');
  return secrets.length === 0 ? href : url.href;
}

function outcomeOf(response: ClientResponse, error: unknown): TelemetryAttributes {
  const { status } = response;
  const outcome: TelemetryAttributes = { 'http.response.status_code': status, 'network.protocol.name': 'http' };
  if (error !== null && !isClosed(error)) outcome['error.type'] = errorType(error);
  else if (status >= 400) outcome['error.type'] = String(status);
  return outcome;
}

/** A body that its reader gave up is no failure. */
function isClosed(error: unknown): boolean {
  return errorType(error) === 'COTASK_HTTP_RESPONSE_CLOSED';
}

function statusOf(error: unknown): TelemetryAttributes {
  return error instanceof ClientResponseError && error.status > 0 ? { 'http.response.status_code': error.status } : {};
}

/** The stable code of an error of ours; else the class. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.constructor.name;
}

function tellOutcome(span: TelemetrySpan, outcome: TelemetryAttributes, error: unknown): void {
  span.setAttributes(outcome);
  if ('error.type' in outcome) {
    if (error instanceof Error && !isClosed(error)) {
      span.recordException(error);
      span.setStatus({ code: errorStatus, message: error.message });
    } else span.setStatus({ code: errorStatus });
  }
  span.end();
}
