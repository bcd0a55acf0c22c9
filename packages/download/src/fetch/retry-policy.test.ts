import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { judge, RETRY_LIMITS, statusWorth } from './retry-policy.ts';
import type { FailedTry } from './retry-policy.ts';

const failed = (fields: Partial<FailedTry>): FailedTry => ({
  kind: 'http 503',
  message: 'busy',
  status: 503,
  cause: null,
  worth: 'again',
  retryAfter: null,
  ...fields,
});
const half = (): number => 0.5;

describe('statusWorth', () => {
  test('is for statuses that may pass, and for no other', () => {
    const worth = Array.from({ length: 1000 }, (_, status) => status).filter(
      (status) => statusWorth(status) === 'again',
    );
    expect(worth).toEqual([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
  });
});

describe('judge', () => {
  test('doubles the bound of the wait with each try, up to a minute', () => {
    const limits = { ...RETRY_LIMITS, retries: 100 };
    const waits = [1, 2, 3, 4, 5, 8, 20].map((tries) => {
      const verdict = judge(failed({}), tries, limits, half);
      return verdict.retry ? verdict.wait : null;
    });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 30_000, 30_000]);
  });

  test('tries as often as allowed, and says how often it tried', () => {
    expect(judge(failed({}), 4, RETRY_LIMITS, half)).toMatchObject({ retry: true });
    expect(judge(failed({}), 5, RETRY_LIMITS, half)).toEqual({
      retry: false,
      failure: { kind: 'http 503', message: 'busy (5 tries)', status: 503, cause: null },
    });
    expect(judge(failed({}), 1, { ...RETRY_LIMITS, retries: 0 }, half)).toMatchObject({
      retry: false,
      failure: { message: 'busy' },
    });
  });

  test('tries once more, or never, what is worth no more', () => {
    expect(judge(failed({ worth: 'once' }), 1, RETRY_LIMITS, half)).toMatchObject({ retry: true });
    expect(judge(failed({ worth: 'once' }), 2, RETRY_LIMITS, half)).toMatchObject({ retry: false });
    expect(judge(failed({ worth: 'once' }), 1, { ...RETRY_LIMITS, retries: 0 }, half)).toMatchObject({ retry: false });
    expect(judge(failed({ worth: 'never' }), 1, RETRY_LIMITS, half)).toMatchObject({ retry: false });
  });

  test('waits at least as long as the server asks, and up to a tenth longer', () => {
    fc.assert(
      fc.property(fc.nat(3_600_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (asked, random) => {
        const verdict = judge(failed({ retryAfter: asked }), 1, RETRY_LIMITS, () => random);
        if (!verdict.retry) throw new Error('no retry');
        expect(verdict.wait).toBeGreaterThanOrEqual(asked);
        expect(verdict.wait).toBeLessThanOrEqual(Math.max(asked, 500) * 1.1);
      }),
    );
  });

  test('does not wait for more than an hour, and says what was asked', () => {
    expect(judge(failed({ retryAfter: 86_400_000 }), 1, RETRY_LIMITS, half)).toEqual({
      retry: false,
      failure: {
        kind: 'retry-after too long',
        message: 'busy, and asks to come back after 86400 s, more than the 3600 s that are waited',
        status: 503,
        cause: null,
      },
    });
  });

  test('parks the host when the whole server asks for patience, not when one URL does', () => {
    const parks = (status: number): unknown => {
      const verdict = judge(failed({ status, retryAfter: 1_000 }), 1, RETRY_LIMITS, half);
      return verdict.retry && verdict.parksHost;
    };
    expect([429, 503, 500, 408].map(parks)).toEqual([true, true, false, false]);
    expect(judge(failed({}), 1, RETRY_LIMITS, half)).toMatchObject({ parksHost: false });
  });
});
