import fc from 'fast-check';
import { afterEach, beforeEach, inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The number of the mutant that is active; -1 for none. */
    mutant: number;
  }
  interface TaskMeta {
    /** The mutants that a test came to. */
    mutants?: number[];
    /** The mutants that its file came to outside of tests, until then. */
    outside?: number[];
  }
}

declare global {
  var __mutant__: ((id: number) => boolean) | undefined;
}

// The same cases for the original and each mutant, so that a fate is the mutant's and not of luck.
fc.configureGlobal({ seed: 7 });

const active = inject('mutant');
const outside = new Set<number>();
let reached = outside;

globalThis.__mutant__ = (id) => {
  reached.add(id);
  return id === active;
};

beforeEach(() => {
  reached = new Set();
});

afterEach(({ task }) => {
  task.meta.mutants = [...reached];
  task.meta.outside = [...outside];
  reached = outside;
});
