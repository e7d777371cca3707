/**
 * How a resource type reads the properties of its template, and the reasons for bad ones. What the
 * properties mean is up to the packages that read them. It uses {@link io.github.eksoidc.resource}
 * only.
 */
package io.github.eksoidc.properties;
