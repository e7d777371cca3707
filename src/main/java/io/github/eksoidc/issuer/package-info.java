/**
 * The issuers of EKS clusters: how they look, and which one belongs to a cluster. It reaches EKS
 * only through {@link io.github.eksoidc.issuer.Clusters}, and knows nothing of IAM.
 */
package io.github.eksoidc.issuer;
