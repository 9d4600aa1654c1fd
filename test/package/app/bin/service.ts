import { App } from 'aws-cdk-lib';
import { ServiceBranch } from '../lib/service-branch';
import { ServiceStack } from '../lib/service-stack';

const app = new App();
new ServiceStack(app, 'Service');
new ServiceBranch(app, 'feature/greeting');
