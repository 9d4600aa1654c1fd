import { App, Aspects } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { madeBySluice, ServiceStack } from '../lib/service-stack';

test('cdk-nag 2 finds nothing in what Sluice makes', () => {
  const app = new App();
  const stack = new ServiceStack(app, 'Service');
  Aspects.of(app).add(new AwsSolutionsChecks());
  const findings = Annotations.fromStack(stack).findError('*', Match.stringLikeRegexp('^AwsSolutions-'));
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.filter(({ id }) => madeBySluice(id)).map(({ id, entry }) => `${id}: ${entry.data}`)).toEqual([]);
});
