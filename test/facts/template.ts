import { machineOf, PROBE_SOURCE } from './machine.ts';

const service = (name: string, ...statements: readonly object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: `${name}.amazonaws.com` }, Action: 'sts:AssumeRole' }],
    },
    ...(statements.length > 0
      ? { Policies: [{ PolicyName: 'Facts', PolicyDocument: { Version: '2012-10-17', Statement: statements } }] }
      : {}),
  },
});

const allow = (action: string | readonly string[], resource: unknown) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
});
const ref = (id: string) => ({ Ref: id });
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

// biome-ignore lint/suspicious/noTemplateCurlyInString: for Fn::Sub
const NOBODY = 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:sluice-facts-nobody';

const logGroup = (name: string) => ({
  Type: 'AWS::Logs::LogGroup',
  Properties: { LogGroupName: name, RetentionInDays: 1 },
});

/** A function writes its log as its role. */
const writesLogs = allow(
  ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ['Log', 'OtherLog'].map((id) => arnOf(id)),
);

const machine = (definition: object, substitutions: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    RoleArn: arnOf('MachineRole'),
    DefinitionString: { 'Fn::Sub': [JSON.stringify(definition), substitutions] },
  },
});

const rule = (pattern: object) => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    EventPattern: pattern,
    Targets: [{ Id: 'Listener', Arn: ref('Listener'), RoleArn: arnOf('ListenerRole') }],
  },
});

/**
 * What facts are checked against on an endpoint or an account: a function with two roles to choose from, the state machine of the
 * facts, an alarm, and a listener, a state machine that each event starts which the rules match; and two log groups. Costs nothing while it stands.
 */
export const templateFor = (stackName: string) => ({
  Description: 'Sluice: what `npm run facts` checks; deletes itself when that ends, and may be deleted at any time',
  Resources: {
    Log: logGroup(`/aws/lambda/${stackName}`),
    OtherLog: logGroup(`/sluice/${stackName}`),
    Role: service('lambda', writesLogs),
    OtherRole: service('lambda', writesLogs),
    Function: {
      Type: 'AWS::Lambda::Function',
      DependsOn: ['Log'],
      Properties: {
        FunctionName: stackName,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: arnOf('Role'),
        Timeout: 15,
        LoggingConfig: { LogFormat: 'JSON' },
        Code: { ZipFile: PROBE_SOURCE },
      },
    },
    MachineRole: service('states', allow('lambda:InvokeFunction', [arnOf('Function'), { 'Fn::Sub': NOBODY }])),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: for Fn::Sub
    Machine: machine(machineOf('${Probe}', NOBODY), { Probe: arnOf('Function') }),
    BriefMachine: machine({
      StartAt: 'Wait',
      TimeoutSeconds: 2,
      States: { Wait: { Type: 'Wait', Seconds: 60, End: true } },
    }),
    Listener: machine({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    ListenerRole: service('events', allow('states:StartExecution', ref('Listener'))),
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        Namespace: 'Sluice/Facts',
        MetricName: 'Nothing',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'ignore',
      },
    },
    StatusRule: rule({
      source: ['aws.states'],
      detail: { status: ['FAILED'], stateMachineArn: [ref('Machine')] },
    }),
    AlarmRule: rule({
      source: ['aws.cloudwatch'],
      resources: [arnOf('Alarm')],
      detail: { state: { value: ['ALARM'] } },
    }),
  },
  Outputs: Object.fromEntries(
    Object.entries({
      Function: ref('Function'),
      Role: arnOf('Role'),
      OtherRole: arnOf('OtherRole'),
      Machine: ref('Machine'),
      BriefMachine: ref('BriefMachine'),
      Listener: ref('Listener'),
      Alarm: ref('Alarm'),
      Log: ref('Log'),
      OtherLog: ref('OtherLog'),
    }).map(([name, value]) => [name, { Value: value }]),
  ),
});
