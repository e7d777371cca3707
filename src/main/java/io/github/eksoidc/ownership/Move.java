package io.github.eksoidc.ownership;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a request does next at a provider. */
sealed interface Move {

  /** Reads the provider. */
  record Look() implements Move {}

  /** Waits while others hold leases, then reads the provider. */
  record Wait(Set<String> leases) implements Move {}

  /** Creates the provider, which is then as desired. If IAM has it already, reads it. */
  record Create(Issuer issuer, DesiredState desired, Map<String, String> tags) implements Move {}

  /** Makes one change: stores or removes tags of this request. */
  record Write(Change change) implements Move {}

  /** Deletes the provider. */
  record Delete() implements Move {}

  /**
   * Makes the last changes. If the provider exists until then, the request is done with it.
   *
   * @param decision for the log
   */
  record Finish(String decision, List<Change> changes) implements Move {}
}
