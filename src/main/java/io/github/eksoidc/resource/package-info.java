/**
 * What all custom resources have in common: request, request context, properties and result. It
 * depends on nothing but the JDK.
 */
package io.github.eksoidc.resource;
