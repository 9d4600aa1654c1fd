import { type IdleRule, listIn, objectIn } from './idle-values.ts';

/** What configurations of networks and of what stands before them cost. */
export const networkRules: Readonly<Record<string, IdleRule>> = {
  'AWS::CloudFront::Distribution': ({ properties }) => {
    const certificate = objectIn(objectIn(properties['DistributionConfig'])['ViewerCertificate']);
    const support = certificate['SslSupportMethod'];
    return ['sni-only', undefined].includes(support as string | undefined) ? [] : [{ key: 'CloudFront address' }];
  },
  'AWS::EC2::VPCEndpoint': ({ properties }) => {
    const { VpcEndpointType: type = 'Gateway', SubnetIds: subnets } = properties;
    if (type === 'Gateway') return [];
    return [{ key: 'AWS::EC2::VPCEndpoint', times: Math.max(1, listIn(subnets).length) }];
  },
  'AWS::NetworkFirewall::Firewall': ({ properties }) => [
    { key: 'AWS::NetworkFirewall::Firewall', times: Math.max(1, listIn(properties['SubnetMappings']).length) },
  ],
  'AWS::Route53Resolver::ResolverEndpoint': ({ properties }) => [
    { key: 'AWS::Route53Resolver::ResolverEndpoint', times: Math.max(2, listIn(properties['IpAddresses']).length) },
  ],
};
