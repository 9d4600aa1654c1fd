/** The ARN of the rehearsal's state machine. */
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:sluice';
