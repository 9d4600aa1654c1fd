import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zip } from '../../lib/cli/zip.ts';

/** The files of a zip, as its directory tells them, with their permissions. */
function unzip(bytes: Uint8Array): { name: string; data: string; mode: number }[] {
  const buffer = Buffer.from(bytes);
  const end = buffer.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  let at = buffer.readUInt32LE(end + 16);
  return Array.from({ length: buffer.readUInt16LE(end + 10) }, () => {
    const [packed, name] = [buffer.readUInt32LE(at + 20), buffer.readUInt16LE(at + 28)];
    const local = buffer.readUInt32LE(at + 42);
    expect(buffer.subarray(local, local + 4).toString()).toBe('PK\u0003\u0004');
    const start = local + 30 + buffer.readUInt16LE(local + 26) + buffer.readUInt16LE(local + 28);
    const file = {
      name: buffer.subarray(at + 46, at + 46 + name).toString(),
      data: inflateRawSync(buffer.subarray(start, start + packed)).toString('hex'),
      mode: buffer.readUInt32LE(at + 38) >>> 16,
    };
    at += 46 + name;
    return file;
  });
}

describe('a zip', () => {
  it('holds its files, which everybody may read', () => {
    const file = fc.record({ name: fc.stringMatching(/^[a-z]{1,9}\.mjs$/), data: fc.uint8Array({ maxLength: 5000 }) });
    fc.assert(
      fc.property(fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 4 }), (files) => {
        expect(unzip(zip(files))).toEqual(
          files.map(({ name, data }) => ({ name, data: Buffer.from(data).toString('hex'), mode: 0o100644 })),
        );
      }),
    );
  });

  it('is the same for the same files', () => {
    const files = [{ name: 'index.mjs', data: Buffer.from('export const a = 1;') }];
    expect(zip(files)).toEqual(zip(files));
  });
});
