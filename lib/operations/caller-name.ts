/** The end of a caller's ARN, which descriptions have room for: `user/ann` of `arn:aws:iam::123456789012:user/ann`. */
export const shortNameOf = (caller: string): string => caller.split(':').at(-1) as string;
