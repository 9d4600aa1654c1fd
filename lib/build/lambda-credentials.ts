import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in bundles for the SDK's chain of credential providers: Lambda hands a function its role's credentials in the environment,
 * so the other links of the chain (profiles, SSO, instance metadata: some 90 KB) are never asked. (AWS: Lambda runtime environment.)
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
