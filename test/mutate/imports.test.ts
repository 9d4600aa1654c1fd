import { expect, it } from 'vitest';
import { distancesTo, importsOf } from './imports.ts';

it('imports of values count, at once or later, of one line or several', () => {
  const source = [
    "import { a } from './a.ts';",
    'import {',
    '  b,',
    "} from '../b.ts';",
    "import './c.ts';",
    "export * from './d.ts';",
    "const e = await import('./e.ts');",
  ].join('\n');
  expect(importsOf('lib/x/y.ts', source)).toEqual(['lib/x/a.ts', 'lib/b.ts', 'lib/x/c.ts', 'lib/x/d.ts', 'lib/x/e.ts']);
});

it('imports of types and packages do not', () => {
  expect(
    importsOf('lib/x.ts', "import type { A } from './a.ts';\nimport { z } from 'zod';\nexport const b = 'x';"),
  ).toEqual([]);
});

it('the distance is the fewest imports between, and who does not come there has none', () => {
  const sources = new Map([
    ['lib/a.ts', ''],
    ['lib/b.ts', "import './a.ts';"],
    ['test/near.test.ts', "import '../lib/a.ts';\nimport '../lib/b.ts';"],
    ['test/far.test.ts', "import '../lib/b.ts';"],
    ['test/other.test.ts', "import '../lib/c.ts';"],
  ]);
  expect(Object.fromEntries(distancesTo('lib/a.ts', sources))).toEqual({
    'lib/a.ts': 0,
    'lib/b.ts': 1,
    'test/near.test.ts': 1,
    'test/far.test.ts': 2,
  });
});
