/**
 * What {@code Custom::EksOidcProvider} is: its properties, its lifecycle, and who owns a provider.
 * Reaches AWS only through {@link io.github.eksoidc.provider.Providers} and {@link
 * io.github.eksoidc.provider.Clusters}.
 */
package io.github.eksoidc.provider;
