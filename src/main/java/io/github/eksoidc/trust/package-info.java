/**
 * What {@code Custom::IrsaTrustPolicy} is: who may assume a role, and the document that says so.
 * Calls nothing.
 */
package io.github.eksoidc.trust;
