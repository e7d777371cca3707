/**
 * The audit of an account's OIDC providers: what nobody needs any more, what does not work, and
 * what can't be known.
 */
package io.github.eksoidc.audit;
