/** US dollars in us-east-1, from the AWS price pages as of 2026-11. */
export const LAMBDA_REQUEST = 0.2 / 1_000_000;

/** A second of a gigabyte of memory, by the processor. */
export const LAMBDA_GIGABYTE_SECOND = { arm64: 0.0000133334, x86_64: 0.0000166667 } as const;
