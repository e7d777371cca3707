/**
 * One IAM OIDC provider: what it is, what a template wants it to be, and the changes from the one
 * to the other. It reaches IAM only through {@link io.github.eksoidc.provider.Providers}. Who may
 * change a provider is none of its business: see {@code ownership}.
 */
package io.github.eksoidc.provider;
