/**
 * The two custom resource types: their properties, and what Create, Update and Delete do. It knows
 * AWS by the core's interfaces only, and tags only by what {@code ownership} says about them.
 */
package io.github.eksoidc.resourcetype;
