import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import type { PackageFile } from './bundle.ts';
import { emitDeclarations, root } from './compile.ts';

/**
 * Writes the declarations of each entry point into one file beside its bundle. It imports from the CDK only: whatever else its types
 * are made of is in it, so that a user's compiler needs no other package.
 */
export function writeDeclarations(files: readonly PackageFile[], folder = join(root, 'dist')): void {
  const work = join(root, 'dist/declarations');
  const clients = join(root, 'lib/build/sdk-clients.d.ts');
  emitDeclarations(
    work,
    files.map(({ entry }) => entry),
  );
  for (const { entry, file } of files) {
    const declarations = join(folder, file.replace('.cjs', '.d.cts'));
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: root,
        mainEntryPointFilePath: join(work, entry.replace(/\.ts$/, '.d.ts')),
        compiler: {
          overrideTsconfig: {
            extends: join(root, 'tsconfig.json'),
            compilerOptions: { skipLibCheck: true, paths: { '@aws-sdk/client-*': [clients] } },
            include: [],
            files: [join(work, entry.replace(/\.ts$/, '.d.ts'))],
          },
        },
        apiReport: { enabled: false, reportFileName: 'none.api.md' },
        docModel: { enabled: false },
        dtsRollup: { enabled: true, untrimmedFilePath: declarations },
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
      configObjectFullPath: undefined,
      packageJson: { name: 'sluice' },
      packageJsonFullPath: join(root, 'package.json'),
    });
    if (!Extractor.invoke(config, { localBuild: true }).succeeded) process.exit(1);
  }
}
