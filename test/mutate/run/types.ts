import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the type checker passes a package in which one file reads differently. Works in a copy, which it removes. */
export class TypeChecker implements Disposable {
  readonly #copy = mkdtempSync(join(tmpdir(), 'sluice-types-'));
  readonly #root: string;
  #clean: string | undefined;

  constructor(root: string) {
    this.#root = root;
    for (const entry of ['bin', 'functions', 'lib', 'test', 'package.json', 'tsconfig.json']) {
      cpSync(join(root, entry), join(this.#copy, entry), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.#copy, 'node_modules'));
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
    const checker = join(this.#root, 'node_modules/.bin/tsc');
    return new Promise((resolve) => {
      execFile(
        checker,
        ['--pretty', 'false', '--incremental', '--tsBuildInfoFile', 'checked'],
        { cwd: this.#copy },
        (_, output) => resolve(output),
      );
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#copy, { recursive: true, force: true });
  }
}
