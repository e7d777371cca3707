/**
 * What every custom resource has: a request, the run it is handled in, its properties, and what
 * comes out. Knows nothing of Lambda, HTTP or AWS.
 */
package io.github.eksoidc.resource;
