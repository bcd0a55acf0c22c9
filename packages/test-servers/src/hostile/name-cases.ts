// Origins that suggest where their client should save the file.

import { goodBody } from './exchange.ts';
import { hostile } from './hostile-case.ts';
import type { HostilePlay } from './hostile-case.ts';

export const nameCases: readonly HostilePlay[] = [
  named('name-traversal', 'attachment; filename="../../evil.txt"'),
  named('name-traversal-backslash', 'attachment; filename="..\\\\..\\\\evil.txt"'),
  named('name-traversal-extended', "attachment; filename*=UTF-8''..%2F..%2Fevil.txt"),
  named('name-absolute', 'attachment; filename="/etc/cron.d/evil"'),
  named('name-drive', 'attachment; filename="C:\\\\evil.txt"'),
  named('name-nul', "attachment; filename*=UTF-8''evil.txt%00.png"),
  named('name-line-break', "attachment; filename*=UTF-8''evil%0D%0A.txt"),
  named('name-bidi', "attachment; filename*=UTF-8''evil%E2%80%AEgpj.exe"),
  named('name-dot', 'attachment; filename="."'),
  named('name-dot-dot', 'attachment; filename=".."'),
  named('name-hidden', 'attachment; filename=".bashrc"'),
  named('name-empty', 'attachment; filename=""'),
  named('name-device', 'attachment; filename="CON.txt"'),
  named('name-very-long', `attachment; filename="${'a'.repeat(5_000)}.txt"`),
  named('name-bad-utf-8', "attachment; filename*=UTF-8''%ff%fe.txt"),
  named('name-twice', 'attachment; filename="one.txt"; filename="../two.txt"'),
  named('name-unclosed', 'attachment; filename="evil'),
];

function named(name: string, disposition: string): HostilePlay {
  return hostile({
    name,
    plays: `Suggests a file name: ${disposition.length > 100 ? `${disposition.slice(0, 40)}...` : disposition}`,
    client: 'response',
    download: 'stored',
    rule: 'The file lies in the output folder itself, under a name that is safe on every platform, and nowhere else.',
    body: goodBody,
    play: (exchange) => exchange.answer({ fields: [`Content-Disposition: ${disposition}`] }),
  });
}
