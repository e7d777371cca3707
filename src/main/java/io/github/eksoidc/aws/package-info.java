/** The IAM and EKS clients, and the core's interfaces implemented with them. */
package io.github.eksoidc.aws;
