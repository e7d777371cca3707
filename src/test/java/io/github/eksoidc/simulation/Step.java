package io.github.eksoidc.simulation;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.ProviderArn;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where a request is stopped: a call that it is about to make, or a pause. */
public sealed interface Step {

  record Describe(String name) implements Step {}

  record Create(Issuer issuer, DesiredState desired, Map<String, String> tags) implements Step {}

  record Find(ProviderArn arn) implements Step {}

  record Make(ProviderArn arn, Change change) implements Step {}

  record Delete(ProviderArn arn) implements Step {}

  record ListAll() implements Step {}

  /** The stacks that a release looks for, all at one moment. */
  record ListStacks() implements Step {}

  record Pause(Duration duration) implements Step {}

  /** The provider that a call is for; empty if it is for none, or for all. */
  default Optional<ProviderArn> provider() {
    return switch (this) {
      case Create(Issuer issuer, _, _) -> Optional.of(ProviderArn.of(Replay.HOME, issuer));
      case Find(ProviderArn arn) -> Optional.of(arn);
      case Make(ProviderArn arn, _) -> Optional.of(arn);
      case Delete(ProviderArn arn) -> Optional.of(arn);
      case Describe _, ListAll _, ListStacks _, Pause _ -> Optional.empty();
    };
  }

  /** A few letters, for traces. */
  default String shown() {
    return switch (this) {
      case Describe _ -> "Describe";
      case Create c -> "Create" + c.tags().keySet();
      case Find _ -> "Get";
      case Make(_, Change change) -> change.toString();
      case Delete _ -> "Delete";
      case ListAll _ -> "List";
      case ListStacks _ -> "ListStacks";
      case Pause(Duration d) -> "pause " + d.toMillis() + "ms";
    };
  }
}
