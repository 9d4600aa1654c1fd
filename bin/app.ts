import { App, Stack } from 'aws-cdk-lib';
import { RolloutController } from '../lib/index.ts';

const app = new App();
const stack = new Stack(app, 'checkout', { description: 'The reference service of Sluice' });
new RolloutController(stack, 'Rollouts');
