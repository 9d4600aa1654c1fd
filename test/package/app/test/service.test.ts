import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InvalidRequest, type StartRequest, start } from 'sluice/operations';
import { ServiceStack } from '../lib/service-stack';

test("a stack's rollout aliases are in its template", () => {
  const template = Template.fromStack(new ServiceStack(new App(), 'Service'));
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM' });
});

test('an operation refuses a request with the field that is wrong', async () => {
  const request: StartRequest = { function: 'check out', alias: 'live', version: 'newest' };
  expect(await start(request).catch((error: unknown) => error)).toBeInstanceOf(InvalidRequest);
});
