/**
 * Trust policies of IAM roles for Kubernetes service accounts: the content of {@code
 * Custom::IrsaTrustPolicy}. This package makes no AWS calls, and writes no JSON itself.
 */
package io.github.eksoidc.trust;
