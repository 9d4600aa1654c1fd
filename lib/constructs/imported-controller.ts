import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import { grantApprove, grantStart, grantWatch } from './grants.ts';

/** A controller of rollouts: of this app, or of another one as {@link RolloutController.fromStateMachineArn} finds it. */
export interface IRolloutController extends IConstruct {
  /** The state machine. An execution of it is a rollout. */
  readonly stateMachine: sfn.IStateMachine;

  /**
   * Allows to start rollouts of every alias that the controller manages. `grantStart` of an alias also allows what `sluice start`
   * reads first.
   */
  grantStart(grantee: iam.IGrantable): iam.Grant;

  /** Allows to find rollouts that wait for an approval and to answer them, whichever alias they shift. */
  grantApprove(grantee: iam.IGrantable): iam.Grant;

  /** Allows to read rollouts, whichever alias they shift: list them, describe them, read their histories. */
  grantWatch(grantee: iam.IGrantable): iam.Grant;
}

/** A controller that another app has deployed. Its roles are not known here, so it can manage nothing. */
export class ImportedController extends Construct implements IRolloutController {
  readonly stateMachine: sfn.IStateMachine;

  /** @throws Error if the text is not the ARN of a state machine */
  constructor(scope: Construct, id: string, stateMachineArn: string) {
    super(scope, id);
    if (!Token.isUnresolved(stateMachineArn) && !machineArn.test(stateMachineArn)) {
      throw new Error(`${this.node.path}: expected the ARN of a state machine, found ${stateMachineArn}`);
    }
    this.stateMachine = sfn.StateMachine.fromStateMachineArn(this, 'StateMachine', stateMachineArn);
  }

  grantStart(grantee: iam.IGrantable): iam.Grant {
    return grantStart(this.stateMachine, grantee);
  }

  grantApprove(grantee: iam.IGrantable): iam.Grant {
    return grantApprove(this.stateMachine, grantee);
  }

  grantWatch(grantee: iam.IGrantable): iam.Grant {
    return grantWatch(this.stateMachine, grantee);
  }
}

const machineArn = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:stateMachine:[^:]+$/;
