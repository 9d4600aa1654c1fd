import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sources = globSync(['lib/**/*.ts', 'functions/*.ts', 'bin/*.ts']).map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));

describe('commands of the SDK', () => {
  it('are sent from lib/aws alone', () => {
    const senders = sources.filter(({ text }) => /\bnew [A-Z]\w*Command\(|\bpaginate[A-Z]\w*\(/.test(text));
    expect(senders.length).toBeGreaterThan(10);
    expect(senders.filter(({ file }) => !file.startsWith('lib/aws/')).map(({ file }) => file)).toEqual([]);
  });

  it.each([
    'StartExecution',
    'StopExecution',
    'SendTaskSuccess',
    'SendTaskFailure',
    'PutEvents',
    'UpdateAlias',
    'GetCallerIdentity',
  ])('%s is sent in one place', (command) => {
    const places = sources.filter(({ text }) => text.includes(`new ${command}Command(`));
    expect(places).toHaveLength(1);
  });

  it.each(['ExecutionAlreadyExists', 'TaskTimedOut'])('the error %s is handled in one place', (error) => {
    const places = sources.filter(
      ({ file, text }) => !file.startsWith('lib/rehearsal/') && text.includes(`'${error}'`),
    );
    expect(places).toHaveLength(1);
  });
});
