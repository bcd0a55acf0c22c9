import { describe, expect, test } from 'vitest';

import {
  gears,
  listDeviations,
  listPrograms,
  listTranscripts,
  listTranslations,
  listWaiting,
  readTranscript,
  transcriptOf,
} from './harness/catalogue.ts';
import type { Entry } from './harness/catalogue.ts';
import { play } from './harness/play.ts';

const programs = listPrograms();
const translations = listTranslations();
const transcripts = listTranscripts();
const deviations = listDeviations();
const waiting = listWaiting();
const translated = programs.flatMap((entry: Entry) => {
  const file = translations.get(entry.id);
  return file === undefined ? [] : [{ ...entry, file }];
});

describe('the list', () => {
  test('every program is translated, or waits for another package', () => {
    const missing = programs.map(({ id }) => id).filter((id) => !translations.has(id));
    expect(missing).toEqual(waiting);
  });

  test('every translation is of a program of the list, and lies in the folder of its number', () => {
    const ids = new Set(programs.map(({ id }) => id));
    for (const [id, file] of translations) {
      expect(ids).toContain(id);
      expect(file.pathname).toContain(`/${id.slice(0, 1)}xx-`);
    }
  });
});

describe('deviations', () => {
  test('each names letters of the design and says why', () => {
    for (const { letters, reason } of deviations) {
      for (const letter of letters) expect(letter).toMatch(/^\([a-k]\)$|^ticks$/);
      expect(reason).not.toBe('');
    }
  });

  test('each has a transcript of its own, and each transcript of our own is listed', () => {
    const listed = deviations.map(({ id, gear }) => `${id}.${gear === 'both' ? 'cotask' : gear}`);
    const ours = [...transcripts].filter((name) => name.includes('.'));
    expect(listed.toSorted()).toEqual(ours.toSorted());
  });

  test('each prints something else', () => {
    for (const { id, gear } of deviations) {
      const ours = readTranscript(transcriptOf(id, gear === 'both' ? 'generator' : gear, transcripts));
      expect(ours, id).not.toEqual(readTranscript(id));
    }
  });

  test('where only ticks differ, everything else is the same', () => {
    const masked = (name: string): string[] => readTranscript(name).map((line) => line.replaceAll(/\d+/g, '#'));
    for (const { id, gear, letters } of deviations) {
      if (!letters.includes('ticks')) continue;
      expect(gear, id).toBe('async');
      expect(masked(`${id}.async`)).toEqual(masked(id));
    }
  });
});

describe.each(gears)('in the %s gear', (gear) => {
  test.each(translated)('$id: $pins', async ({ id, file }) => {
    expect(await play(file, gear)).toEqual(readTranscript(transcriptOf(id, gear, transcripts)));
  });
});
