/**
 * What all custom resources have in common: a request, its context, its result, and the ids in it.
 * It depends on nothing but the JDK.
 */
package io.github.eksoidc.resource;
