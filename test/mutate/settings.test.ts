import { expect, it } from 'vitest';
import { settingsOf } from './settings.ts';

it('without options it is 300 of what decides, and no score is too low', () => {
  expect(settingsOf([])).toMatchObject({ sample: 300, seed: 7, parallel: 2, threshold: 0, tests: [], list: false });
});

it('globs may be given more than once', () => {
  expect(settingsOf(['--files', 'lib/a/*.ts', '--files', 'lib/b/*.ts']).files).toEqual(['lib/a/*.ts', 'lib/b/*.ts']);
});

it.each([
  [['--sample', '0'], 'sample'],
  [['--sample', 'many'], 'sample'],
  [['--threshold', '101'], 'threshold'],
  [['--sampel', '3'], '--sampel'],
])('%j is refused with the usage', (words, named) => {
  expect(() => settingsOf(words)).toThrow(named);
  expect(() => settingsOf(words)).toThrow('--seed 7');
});
