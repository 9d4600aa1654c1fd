import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../lib/index.ts';
import { packageRoot } from '../../lib/package-root.ts';

const pushOf = (branch: string) => ({
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: `refs/heads/${branch}`,
  GITHUB_REF_NAME: branch,
});

/** A file with the event of a workflow. */
function eventOf(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-event-')), 'event.json');
  writeFileSync(path, text);
  return path;
}

describe('what a deploy is for', () => {
  it('follows the context', () => {
    const app = (context: object) => new App({ context: context as Record<string, string> });
    expect(deploymentOf(app({ branch: 'main' }), {})).toEqual({ production: true, branch: 'main' });
    expect(deploymentOf(app({ branch: 'feature/x' }), {})).toEqual({ production: false, branch: 'feature/x' });
    expect(deploymentOf(app({ branch: 'trunk', mainBranch: 'trunk' }), {})).toMatchObject({ production: true });
    expect(deploymentOf(app({ mainBranch: 'trunk' }), pushOf('trunk'))).toMatchObject({ production: true });
  });

  it("follows the default branch that GitHub's event names", () => {
    const GITHUB_EVENT_PATH = eventOf(JSON.stringify({ repository: { default_branch: 'trunk' } }));
    expect(deploymentOf(new App(), { ...pushOf('trunk'), GITHUB_EVENT_PATH })).toMatchObject({ production: true });
    expect(deploymentOf(new App(), { ...pushOf('main'), GITHUB_EVENT_PATH })).toMatchObject({ production: false });
  });

  it.each(['', 'null', '{}', '{ "repository": { "default_branch": 1 } }'])(
    'is asked back about main if the event is %j',
    (text) => {
      expect(() => deploymentOf(new App(), { ...pushOf('main'), GITHUB_EVENT_PATH: eventOf(text) })).toThrow(
        'expected: -c branch=main',
      );
      expect(() => deploymentOf(new App(), { ...pushOf('main'), GITHUB_EVENT_PATH: '/nowhere' })).toThrow();
    },
  );
});

describe('the reference app', () => {
  /** The templates that the app writes, without the variables of the system that runs this test. */
  function synthesized(variables: Readonly<Record<string, string>>): readonly string[] {
    const out = mkdtempSync(join(tmpdir(), 'sluice-app-'));
    execFileSync(process.execPath, ['bin/app.ts'], {
      cwd: packageRoot(),
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', CDK_OUTDIR: out, ...variables },
      stdio: 'pipe',
    });
    return readdirSync(out).filter((name) => name.endsWith('.template.json'));
  }

  it('makes an environment of a pull request from main, and never production', () => {
    const made = synthesized({
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_HEAD_REF: 'main',
      GITHUB_BASE_REF: 'release/1',
      GITHUB_REF_NAME: '12/merge',
    });
    expect(made).toEqual([expect.stringMatching(/^checkout-main-[0-9a-f]{12}\.template\.json$/)]);
  });

  it('makes nothing if nothing names a branch', () => {
    expect(() => synthesized({})).toThrow('-c branch=main for production');
  });

  it('makes production of the main branch that a person names', () => {
    expect(synthesized({ CDK_CONTEXT_JSON: JSON.stringify({ branch: 'main' }) })).toEqual(['checkout.template.json']);
  });
});
