import { describe, expect, it } from 'vitest';
import type { Clients } from '../../../lib/aws/handler/clients.ts';
import { hold, resume, tagValue } from '../../../lib/aws/lambda/hold.ts';

const refusing = { send: async () => Promise.reject(new Error('AccessDenied')) } as unknown as Clients['lambda'];
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:checkout';

describe('a hold', () => {
  it('that AWS refuses is not set', async () => {
    await expect(hold(refusing, arn, 'why')).rejects.toThrow('AccessDenied');
  });

  it('whose end AWS refuses is not over', async () => {
    await expect(resume(refusing, arn)).rejects.toThrow('AccessDenied');
  });

  it('has a reason that a tag can hold', () => {
    expect(tagValue('"freeze"; until <Monday>')).toBe('freeze   until  Monday');
    expect(tagValue('x'.repeat(300))).toHaveLength(256);
  });
});
