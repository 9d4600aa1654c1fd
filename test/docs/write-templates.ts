import { mkdirSync, writeFileSync } from 'node:fs';
import { blocks, guides } from './documents.ts';

/** Writes the templates of the documents into a folder, for linters: `node test/docs/write-templates.ts FOLDER`. */
const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const { page, line, text } of blocks(guides, 'yaml')) {
  if (!/^(AWSTemplateFormatVersion|Transform):/m.test(text)) continue;
  writeFileSync(`${folder}/${page.replaceAll(/\W/g, '-')}-line-${line}.template.yaml`, text);
}
