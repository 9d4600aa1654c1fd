import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { madeBySluice, ServiceStack } from '../lib/service-stack';

test('cdk-nag 3 finds nothing in what Sluice makes', () => {
  const app = new App();
  new ServiceStack(app, 'Service');
  const { violations } = new AwsSolutionsChecks().validateScope(app);
  const findings = violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }) => ({ ruleName, path: constructPath })),
  );
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.filter(({ path }) => madeBySluice(path))).toEqual([]);
});
