// The loop of Lambda's runtime for Node.js, as its documentation has it, and nothing more.
import http from 'node:http';
import { handler } from './handler.mjs';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host, port, method, path: `/2018-06-01/runtime/${path}`, agent },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => resolve({ response, body: Buffer.concat(parts).toString() }));
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

for (;;) {
  const { response, body } = await call('GET', 'invocation/next');
  if (response.statusCode !== 200) {
    process.exit(0);
  }
  const id = response.headers['lambda-runtime-aws-request-id'];
  const result = await handler(JSON.parse(body));
  await call('POST', `invocation/${id}/response`, JSON.stringify(result ?? null));
}
