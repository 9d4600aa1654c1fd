import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive. */
export interface ZippedFile {
  readonly name: string;
  readonly data: Uint8Array;
}

/** The first day that the format knows: the same files give the same bytes. */
const FIRST_DAY = 0x21;
const DEFLATED = 8;
const VERSION = 20;
/** Unix, so that everybody may read the files: Lambda asks for that. */
const MADE_BY_UNIX = (3 << 8) | VERSION;
const READABLE = 0o100644 << 16;

/** Packs files into a zip. (PKWARE: APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.) */
export function zip(files: readonly ZippedFile[]): Uint8Array {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of files) {
    const packed = deflateRawSync(data, { level: 9 });
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(VERSION, 0);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(FIRST_DAY, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(READABLE >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    const local = Buffer.concat([signature(0x04034b50), common, path, packed]);
    entries.push(Buffer.concat([signature(0x02014b50), word(MADE_BY_UNIX), common, central, path]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, signature(0x06054b50), end]);
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
