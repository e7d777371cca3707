// The CDK way: a Node.js handler with the AWS SDK 3 that makes the same calls. CDK's NodejsFunction
// leaves the SDK to the runtime, where it stands in node_modules; the benchmark also runs this
// handler bundled and minified with the SDK in it.
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import http from 'node:http';
import https from 'node:https';

const eks = new EKSClient({});
const iam = new IAMClient({});

async function issuer(event) {
  const { cluster } = await eks.send(
    new DescribeClusterCommand({ name: event.ResourceProperties.ClusterName }),
  );
  return cluster.identity.oidc.issuer;
}

async function work(event) {
  switch (event.RequestType) {
    case 'Create': {
      const url = await issuer(event);
      const { OpenIDConnectProviderArn: arn } = await iam.send(
        new CreateOpenIDConnectProviderCommand({
          Url: url,
          ClientIDList: ['sts.amazonaws.com'],
          Tags: [{ Key: 'managed', Value: 'true' }],
        }),
      );
      return { id: arn, data: { Arn: arn, Url: url } };
    }
    case 'Update': {
      const url = await issuer(event);
      const arn = event.PhysicalResourceId;
      await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
      return { id: arn, data: { Arn: arn, Url: url } };
    }
    default: {
      const arn = event.PhysicalResourceId;
      await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
      return { id: arn, data: {} };
    }
  }
}

function put(url, body) {
  const target = new URL(url);
  const client = target.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const request = client.request(
      target,
      { method: 'PUT', headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) } },
      (response) => {
        response.resume();
        response.on('end', resolve);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

export async function handler(event) {
  let answer;
  try {
    const { id, data } = await work(event);
    answer = { Status: 'SUCCESS', PhysicalResourceId: id, Data: data };
  } catch (error) {
    answer = {
      Status: 'FAILED',
      Reason: String(error),
      PhysicalResourceId: event.PhysicalResourceId ?? 'failed',
    };
  }
  await put(
    event.ResponseURL,
    JSON.stringify({
      ...answer,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  );
}
