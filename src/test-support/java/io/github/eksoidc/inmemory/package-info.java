/**
 * The in-memory AWS on loopback: IAM's OIDC providers, EKS's DescribeCluster, the bucket that
 * receives responses, and Lambda's Runtime API. It knows nothing of the function.
 */
package io.github.eksoidc.inmemory;
