import type * as iam from 'aws-cdk-lib/aws-iam';
import type { WidgetAction } from '../rollout/contracts/widget.ts';
import { acknowledgeWildcard } from './acknowledge.ts';
import type { DashboardRow } from './dashboard-props.ts';
import { allow } from './permissions.ts';
import type { RolloutAlias } from './rollout-alias.ts';

/** What an action takes beyond looking at the rollout. */
const grants: Readonly<Record<WidgetAction, (alias: RolloutAlias, grantee: Statements) => unknown>> = {
  rollback: (alias, grantee) => alias.grantRollback(grantee),
  approve: (alias, grantee) => alias.grantApprove(grantee),
  reject: (alias, grantee) => alias.grantApprove(grantee),
  hold: (alias, grantee) => alias.grantHold(grantee),
  resume: (alias, grantee) => alias.grantHold(grantee),
  advance: (alias, grantee) => grantee.addToPrincipalPolicy(allow(['lambda:UpdateAlias'], alias.lambda.functionArn)),
};

/** Allows the function of a dashboard to read its rollouts, and to do what its buttons do, for its aliases and no others. */
export function grantActions(
  rows: readonly DashboardRow[],
  {
    role,
    statements,
    actions,
  }: { readonly role: iam.Role; readonly statements: iam.PolicyDocument; readonly actions: readonly WidgetAction[] },
): void {
  const grantee = new Statements(role, statements);
  for (const alias of rows.flatMap(({ members }) => members)) {
    alias.grantWatch(grantee);
    for (const action of actions) grants[action](alias, grantee);
    alias.group?.grantWatch(grantee);
  }
  for (const resource of grantee.wildcards) {
    acknowledgeWildcard(role, resource, 'The executions of one state machine, or the versions of one function.');
  }
}

/** Takes what is granted into the role's own policy, so that the function is never there before its permissions. */
class Statements implements iam.IPrincipal {
  readonly assumeRoleAction = 'sts:AssumeRole';
  readonly policyFragment: iam.PrincipalPolicyFragment;
  readonly #role: iam.Role;
  readonly #statements: iam.PolicyDocument;
  readonly #wildcards = new Set<string>();

  constructor(role: iam.Role, statements: iam.PolicyDocument) {
    this.#role = role;
    this.#statements = statements;
    this.policyFragment = role.policyFragment;
  }

  get grantPrincipal(): iam.IPrincipal {
    return this;
  }

  /** The resources that end in a wildcard. */
  get wildcards(): readonly string[] {
    return [...this.#wildcards];
  }

  addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.#statements.addStatements(statement);
    for (const resource of statement.resources) if (resource.endsWith('*')) this.#wildcards.add(resource);
    return { statementAdded: true, policyDependable: this.#role };
  }

  addToPolicy(statement: iam.PolicyStatement): boolean {
    return this.addToPrincipalPolicy(statement).statementAdded;
  }
}
