/**
 * An account in which time and the order of calls belong to the test. The real lifecycle runs on
 * it; a request is stopped before every call and again before its answer arrives, and the test says
 * who goes on.
 *
 * <p>The tests check these rules, and cite them by number. They hold in every order of events,
 * crashes included:
 *
 * <ol>
 *   <li>A provider that is not managed is never deleted and loses nothing; only {@code TakeOver}
 *       makes it managed.
 *   <li>A managed provider is deleted with its last claim, and not before.
 *   <li>After a Create or an Update has succeeded, the provider exists and carries the claim of the
 *       resource, until the Delete of that claim.
 *   <li>A provider that is not managed, or that others claim, gains audiences, thumbprints and
 *       tags, and loses none.
 *   <li>A request that is delivered twice, also at the same time, leaves what one delivery leaves,
 *       and so no claim that is nobody's.
 *   <li>The Delete of a failed Create takes away nothing that a later request of the resource has
 *       achieved.
 *   <li>An Update that was canceled leaves nothing at the provider that it was going to, however
 *       late it ends.
 *   <li>A rollback succeeds if what it goes back to still exists.
 *   <li>Reads may lag by up to 20 seconds: no rule is broken and no request fails because of that.
 *   <li>A tag that the function did not write may protect a provider, and does nothing else.
 * </ol>
 *
 * <p>{@link io.github.eksoidc.simulation.ScenarioRules} and {@link
 * io.github.eksoidc.simulation.Explorer} check them in each order of a scenario, {@link
 * io.github.eksoidc.simulation.SimulatedCloudFormation} in the lives of stacks.
 */
package io.github.eksoidc.simulation;
