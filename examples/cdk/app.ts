// The provider of an existing cluster, and a role with which one service account reads one bucket.
import { App, CustomResource, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

const app = new App();
const stack = new Stack(app, 'payments-cdk');

/** A value of cdk.json, or of the option -c name=value. */
function setting(name: string): string {
  const value: unknown = app.node.tryGetContext(name);
  if (typeof value !== 'string' || value === '') {
    throw new Error(`Set ${name} in cdk.json, or with -c ${name}=...`);
  }
  return value;
}

const serviceToken = Fn.importValue('eks-oidc-provider-ServiceToken');

const oidc = new CustomResource(stack, 'Oidc', {
  serviceToken,
  resourceType: 'Custom::EksOidcProvider',
  properties: { ClusterName: setting('clusterName') },
});

const trust = new CustomResource(stack, 'Trust', {
  serviceToken,
  resourceType: 'Custom::IrsaTrustPolicy',
  properties: { ProviderArn: oidc.ref, ServiceAccounts: [setting('serviceAccount')] },
});

const bucket = stack.formatArn({
  service: 's3',
  region: '',
  account: '',
  resource: setting('bucketName'),
});

// iam.Role writes its own trust policy, so this is the resource of CloudFormation.
new iam.CfnRole(stack, 'Role', {
  assumeRolePolicyDocument: trust.getAtt('PolicyDocument'),
  policies: [
    {
      policyName: 'read',
      policyDocument: new iam.PolicyDocument({
        statements: [
          new iam.PolicyStatement({
            actions: ['s3:GetObject', 's3:ListBucket'],
            resources: [bucket, `${bucket}/*`],
          }),
        ],
      }),
    },
  ],
});
