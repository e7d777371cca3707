/**
 * CloudFormation's protocol for custom resources: parses the event, and sends the response to the
 * pre-signed URL. It knows neither AWS's APIs nor what a resource is.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html">Custom
 *     resource reference</a>
 */
package io.github.eksoidc.cloudformation;
