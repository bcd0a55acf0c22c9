import { expectTypeOf, test } from 'vitest';

import { EventLoop, run, sleep } from '../index.ts';
import type { Host } from '../lowlevel.ts';
import { VirtualHost } from './index.ts';

test('a virtual host is a host, whose time moves by milliseconds', () => {
  const host = new VirtualHost();
  expectTypeOf(host).toExtend<Host>();
  expectTypeOf(host.now()).toEqualTypeOf<number>();
  expectTypeOf(host.advance).parameters.toEqualTypeOf<[ms: number]>();
  void (async () => {
    expectTypeOf(await run(sleep(1, 'slept'), { host })).toEqualTypeOf<string>();
    expectTypeOf(host.hold()).toEqualTypeOf<() => void>();
    void new EventLoop({ host });
    // @ts-expect-error the class, not one of it
    void run(sleep(1), { host: VirtualHost });
    // @ts-expect-error how far?
    host.advance();
  });
});
