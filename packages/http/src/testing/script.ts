/** What happens to a request in place of a connection. */
import type { GeneratorBody } from 'cotask';
import type { FaultySite, Place } from './network-fault.ts';
import type { SentRequest } from './sent-request.ts';

/** The places of a connection that is being made. */
export const connectPlaces: readonly Place[] = ['resolving', 'connecting', 'handshake'];

/** How it goes: how long it takes from place to place, and where it ends if it does not go well. */
export interface Course {
  /** Milliseconds before it goes on at a place. */
  readonly delays: { readonly [Name in Place]?: number | undefined };
  /** Where it ends; without an error it stands there for ever. */
  readonly ending: { readonly place: Place; readonly error: ((site: FaultySite) => Error) | null } | null;
}

/** A piece of a body, or a pause in milliseconds. */
export type BodyPiece = string | Uint8Array | number;

/** A response. */
export interface Answer extends Course {
  readonly status: number;
  readonly reason: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  pieces(): Iterable<BodyPiece> | AsyncIterable<BodyPiece>;
}

/** What happens to one request: how the connection goes, then the answer, when the request has come. */
export interface Script extends Course {
  answer(request: SentRequest): GeneratorBody<Answer>;
}

/** All is well, and at once. */
export const plainCourse: Course = { delays: {}, ending: null };
