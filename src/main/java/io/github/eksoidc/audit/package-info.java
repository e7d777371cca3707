/**
 * The audit of an account's OIDC providers: what nobody needs any more, what does not work, and
 * what can't be known. It reads through {@code Providers}, {@code Clusters} and {@link
 * io.github.eksoidc.audit.Inventory}. Only {@link io.github.eksoidc.audit.StaleClaimRelease}
 * changes anything, by the rules of {@code ownership}.
 */
package io.github.eksoidc.audit;
