// A planned line as one line of text, for the time in which it waits for its host. What can be computed is left out.

import type { LineCodec } from '../host-backlog.ts';
import type { PlannedFile } from '../types.ts';
import { fileNameOf, repeatFileName } from './file-name.ts';

/** `line offset repeat href`, and for a URL with credentials `identity authorization` behind it. */
export const plannedCodec: LineCodec<PlannedFile> = {
  pack({ line, offset, repeat, href, identity, authorization }) {
    const text = `${line} ${offset} ${repeat ? 1 : 0} ${href}`;
    return authorization === null ? text : `${text} ${identity} ${authorization}`;
  },

  unpack(text, host) {
    const [line, offset, repeat, href = '', identity = href, ...authorization] = text.split(' ');
    const name = fileNameOf(identity);
    const isRepeat = repeat === '1';
    return {
      line: Number(line),
      offset: Number(offset),
      href,
      host,
      authorization: authorization.length === 0 ? null : authorization.join(' '),
      identity,
      file: isRepeat ? repeatFileName(name, Number(line)) : name,
      repeat: isRepeat,
    };
  },
};
