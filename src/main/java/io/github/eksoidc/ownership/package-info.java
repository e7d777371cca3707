/**
 * Who uses a provider, who may delete it, and how concurrent requests agree on that: the protocol.
 *
 * <p>A {@link io.github.eksoidc.ownership.Goal} decides, from what is known of one provider, the
 * next {@link io.github.eksoidc.ownership.Move}, and has no side effects. One loop, {@link
 * io.github.eksoidc.ownership.Session}, makes the moves. {@link io.github.eksoidc.ownership.Claims}
 * is what resource types and the audit use.
 */
package io.github.eksoidc.ownership;
