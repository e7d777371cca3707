/**
 * CloudFormation's side of a custom resource: the event that comes in, and the answer that goes to
 * the pre-signed URL.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html">Custom
 *     resource reference</a>
 */
package io.github.eksoidc.cloudformation;
