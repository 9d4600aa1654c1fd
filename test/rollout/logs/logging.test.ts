import { describe, expect, it } from 'vitest';
import { logOf, probed } from '../../../lib/rollout/logs/logging.ts';
import { newLogMemory } from '../../../lib/rollout/logs/memory.ts';
import { aRow } from './a-log.ts';

const json = { format: 'JSON', systemLevel: 'INFO', group: undefined };

describe('the log of a function', () => {
  it.each([
    ['by its configuration', { ...json, group: 'shared' }, 'shared'],
    ['of its own name', json, '/aws/lambda/checkout'],
    ['of its own name, if its configuration cannot be read', undefined, '/aws/lambda/checkout'],
    ['with everything that Lambda tells', { ...json, systemLevel: 'DEBUG' }, '/aws/lambda/checkout'],
  ])('is that %s', (_, logging, group) => {
    const versions = [
      { version: '41', logging },
      { version: '42', logging },
    ];
    expect(logOf('arn:aws:lambda:us-east-1:1:function:checkout', versions)).toMatchObject({
      group,
      minutesBecause: null,
    });
  });

  it.each([
    ['text', { ...json, format: 'Text' }, '42 has its log as text, and only a JSON log tells how an invocation ended'],
    [
      'a level without reports',
      { ...json, systemLevel: 'WARN' },
      '42 has the system log level WARN, and the ends of invocations are told from INFO down',
    ],
    ['another group', { ...json, group: 'new' }, 'the two versions have different log groups'],
  ])('does not serve if the candidate writes %s', (_, logging, because) => {
    const versions = [
      { version: '41', logging: json },
      { version: '42', logging },
    ];
    expect(logOf('checkout', versions).minutesBecause).toBe(because);
  });
});

describe('a first look at a log', () => {
  it('measures how late its lines come, and counts what that has scanned', () => {
    const rows = [aRow({ lagSeconds: 4 }), aRow({ lagSeconds: 11 })];
    expect(probed(newLogMemory('g'), { rows, signals: [], bytesScanned: 7 })).toMatchObject({
      lagSeconds: 11,
      bytesScanned: 7,
    });
  });

  it('that finds nothing leaves the lag to the looks', () => {
    expect(probed(newLogMemory('g'), { rows: [], signals: [], bytesScanned: 0 }).lagSeconds).toBe(
      newLogMemory('g').lagSeconds,
    );
  });
});
