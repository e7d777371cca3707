/**
 * AWS's APIs: the clients, and the core's interfaces {@code Providers}, {@code Clusters} and {@code
 * Inventory} implemented with them. The only package that knows the SDK's services. It decides
 * nothing but what to retry.
 */
package io.github.eksoidc.aws;
