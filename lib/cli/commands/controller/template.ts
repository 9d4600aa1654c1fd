import { mkdirSync, writeFileSync } from 'node:fs';
import { controllerFiles } from '../../controller-files.ts';
import type { Command } from '../../terminal/command.ts';
import { printResult } from '../../terminal/print-result.ts';

const FOLDER = 'sluice-controller';

/** `sluice controller template`: the controller for those who deploy templates by other means. */
export const controllerTemplate: Command = {
  usage: 'sluice controller template [--output FOLDER] [--json]',
  summary:
    "Writes the template of a standalone controller, and the code of its functions as zips beside it. Put the zips into a bucket of the controller's region, and deploy the template with the bucket and the beginning of their keys.",
  example: 'sluice controller template --output controller',
  options: {
    output: `the folder that is made (${FOLDER})`,
    json: 'prints { "template", "functions": [...] }: the paths of the files',
  },
  values: ['output'],
  operands: [],
  async run({ flags }, terminal) {
    const folder = String(flags['output'] ?? FOLDER);
    const { template, functions } = controllerFiles();
    mkdirSync(`${folder}/functions`, { recursive: true });
    const path = `${folder}/template.json`;
    writeFileSync(path, template);
    for (const [name, bytes] of Object.entries(functions)) writeFileSync(`${folder}/functions/${name}`, bytes);
    const zips = Object.keys(functions).map((name) => `${folder}/functions/${name}`);
    return printResult(terminal, flags, {
      json: { template: path, functions: zips },
      what: `wrote ${path} and ${zips.length} zips in ${folder}/functions`,
      more: {
        upload: `aws s3 cp ${folder}/functions s3://BUCKET/sluice/ --recursive`,
        deploy: `aws cloudformation deploy --template-file ${path} --stack-name sluice --capabilities CAPABILITY_IAM --parameter-overrides FunctionsBucket=BUCKET FunctionsPrefix=sluice/`,
      },
    });
  },
};
