/**
 * An AWS in memory: IAM's OIDC providers, EKS's DescribeCluster, the bucket that takes answers, and
 * Lambda's Runtime API, on loopback. Knows nothing of the function.
 */
package io.github.eksoidc.inmemory;
