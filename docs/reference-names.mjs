// Names in the reference: a page is called what its heading says, and a module what one imports.
import { Converter } from 'typedoc';

const headingOf = ({ content }) => /^# (.+)$/m.exec(content.map(({ text }) => text).join(''))?.[1];

/** `cotask/src/lowlevel` is `cotask/lowlevel`, `http/src` is `@cotask/http`. */
const importName = (path) => path.replace('/src', '').replace(/^(?!cotask\b)/, '@cotask/');

export const load = ({ converter }) => {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const document of project.documents ?? []) document.name = headingOf(document) ?? document.name;
    for (const module of project.children ?? []) module.name = importName(module.name);
  });
};
