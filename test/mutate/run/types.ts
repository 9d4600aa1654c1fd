import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../lib/package-root.ts';

const COPIED = ['bin', 'functions', 'lib', 'test', 'package.json', 'tsconfig.json'];

/** The package that the modules of any root are found in. */
const MODULES = join(fileURLToPath(packageRoot()), 'node_modules');

/** What is left over is no error: a mutant that drops the only use of a name still runs. (StrykerJS's checker sets the same.) */
const TOLERANT = [
  ...['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'],
  ...['--allowUnreachableCode', 'true', '--allowUnusedLabels', 'true'],
];

/** Whether the type checker passes a package in which one file reads differently. Works in a copy, which it removes. */
export class TypeChecker implements Disposable {
  readonly #copy = mkdtempSync(join(tmpdir(), 'sluice-types-'));
  readonly #root: string;
  #clean: string | undefined;

  constructor(root: string) {
    this.#root = root;
    for (const entry of COPIED.filter((name) => existsSync(join(root, name)))) {
      cpSync(join(root, entry), join(this.#copy, entry), { recursive: true });
    }
    symlinkSync(MODULES, join(this.#copy, 'node_modules'));
  }

  async refuses(file: string, source: string): Promise<boolean> {
    this.#clean ??= await this.#said();
    writeFileSync(join(this.#copy, file), source);
    try {
      return (await this.#said()) !== this.#clean;
    } finally {
      cpSync(join(this.#root, file), join(this.#copy, file));
    }
  }

  #said(): Promise<string> {
    const checker = join(MODULES, '.bin/tsc');
    return new Promise((resolve) => {
      execFile(
        checker,
        ['--pretty', 'false', '--incremental', '--tsBuildInfoFile', 'checked', ...TOLERANT],
        { cwd: this.#copy },
        (_, output) => resolve(output),
      );
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#copy, { recursive: true, force: true });
  }
}
