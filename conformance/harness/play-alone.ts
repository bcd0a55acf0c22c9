// Plays one program in a process of its own: node play-alone.ts FILE-URL GEAR. Each line is written at once, because the
// program may be ended from outside.
import { writeSync } from 'node:fs';

import { gears, loadProgram } from './catalogue.ts';
import { Stage } from './stage.ts';

const [file = '', wanted] = process.argv.slice(2);
const gear = gears.find((name) => name === wanted);
if (gear === undefined) throw new TypeError(`a gear is one of ${gears.join(', ')}, got ${wanted}`);
const program = await loadProgram(new URL(file));
await program[gear](new Stage((line) => void writeSync(1, `${line}\n`)));
