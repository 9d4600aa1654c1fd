import type { Construct } from 'constructs';

/** IAM takes as many characters in all inline policies of a role, white space not counted. (AWS: IAM quotas.) */
const LONGEST_INLINE = 10_240;

/** The role's own policies take less than this; a test measures them. */
const OWN = 3000;

/** Statements that no tag can stand for: how many characters they take in a role, so that too many are refused before a deploy. */
export class RoleRoom {
  readonly #parts = new Map<string, number>();

  /**
   * @param controller names the controller in the refusal
   * @param what the parts are, in the plural
   */
  constructor(controller: Construct, role: string, what: string) {
    controller.node.addValidation({
      validate: () => {
        const characters = OWN + [...this.#parts.values()].reduce((sum, each) => sum + each, 0);
        if (characters <= LONGEST_INLINE) return [];
        return [
          `the policies for ${this.#parts.size} ${what} would give the role of ${role} up to ${characters} characters, and IAM allows ${LONGEST_INLINE}: give some of the aliases a second RolloutController`,
        ];
      },
    });
  }

  /** Counts a policy of one statement: its fixed text, and the longest ARN that it may name. */
  add(key: string, longestArn: number): void {
    this.#parts.set(key, STATEMENT.length + longestArn);
  }
}

const STATEMENT =
  '{"Version":"2012-10-17","Statement":[{"Action":"cloudformation:DescribeStacks","Effect":"Allow","Resource":""}]}';
