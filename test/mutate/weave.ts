import type { Edit, Place } from './edit.ts';

/** An edit that is switched on by its number while the program runs. */
export interface NumberedEdit extends Edit {
  readonly id: number;
}

/** What the woven code asks for each edit that it comes to: whether it is the active one. `setup.ts` answers. */
export const SWITCH = 'globalThis.__mutant__';

/** A source that carries all edits beside the original, so that one loaded program is any of its mutants. */
export function weave(source: string, edits: readonly NumberedEdit[]): string {
  const left = [...edits].sort((a, b) => a.start - b.start || b.end - a.end || DEPTH[a.place] - DEPTH[b.place]);
  return between(0, source.length);

  function between(start: number, end: number): string {
    let text = '';
    let at = start;
    for (let edit = left[0]; edit && edit.start < end; edit = left[0]) {
      left.shift();
      text += source.slice(at, edit.start) + both(edit, between(edit.start, edit.end));
      at = edit.end;
    }
    return text + source.slice(at, end);
  }
}

/** Of two edits of the same text the outer one comes first. */
const DEPTH: Readonly<Record<Place, number>> = { statement: 0, property: 0, element: 0, expression: 1 };

function both({ id, after, place }: NumberedEdit, original: string): string {
  const active = `${SWITCH}(${id})`;
  switch (place) {
    case 'expression':
      return `(${active} ? (${after}) : (${original}))`;
    case 'statement':
      return `{ if (!${active}) ${original} }`;
    case 'element':
      return `...(${active} ? [] : [${original}])`;
    case 'property':
      return `...(${active} ? {} : { ${original} })`;
  }
}
