// The provider of a cluster that is there, and a role for one of its service accounts, from CDK.
import { App, CustomResource, Fn, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' });
const stack = new Stack(app, 'payments-irsa');

const serviceToken = Fn.importValue('eks-oidc-provider-ServiceToken');

const oidc = new CustomResource(stack, 'Oidc', {
  serviceToken,
  resourceType: 'Custom::EksOidcProvider',
  properties: { ClusterName: 'payments' },
});

const trust = new CustomResource(stack, 'Trust', {
  serviceToken,
  resourceType: 'Custom::IrsaTrustPolicy',
  properties: { ProviderArn: oidc.ref, ServiceAccounts: ['payments:api', 'payments:worker-*'] },
});

// The role's own construct wants to know its principal; the document is the resource's.
new iam.CfnRole(stack, 'Role', {
  assumeRolePolicyDocument: trust.getAtt('PolicyDocument'),
  managedPolicyArns: [
    iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonS3ReadOnlyAccess').managedPolicyArn,
  ],
});

app.synth();
