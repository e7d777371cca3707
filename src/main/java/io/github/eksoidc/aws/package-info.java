/** IAM and EKS, as the resources need them. */
package io.github.eksoidc.aws;
