import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { isNamed } from '../handler/errors.ts';

/** A bucket, and the account that it has to be of: a name may be taken by somebody else. */
export interface OwnBucket {
  readonly bucket: string;
  readonly account: string;
}

/** Makes the bucket if there is none of that name. A new bucket is private and encrypted. (AWS: S3, defaults of new buckets.) */
export async function ensureBucket(s3: S3Client, { bucket, account }: OwnBucket, region: string): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
  } catch (error) {
    if (!isNamed(error, 'NotFound', 'NoSuchBucket')) throw error;
    await s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        // S3 refuses the name of its first region here. (AWS: CreateBucket.)
        ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } }),
      }),
    );
  }
}

/** Puts a file into the bucket. */
export async function putFile(
  s3: S3Client,
  { bucket, account }: OwnBucket,
  key: string,
  body: Uint8Array,
): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ExpectedBucketOwner: account }));
}
