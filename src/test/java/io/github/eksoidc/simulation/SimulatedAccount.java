package io.github.eksoidc.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.inmemory.AwsError;
import io.github.eksoidc.inmemory.InMemoryIam;
import io.github.eksoidc.issuer.Clusters.Cluster;
import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers.Creation;
import io.github.eksoidc.provider.Providers.Deletion;
import io.github.eksoidc.provider.Providers.Modification;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The account in memory, called step by step instead of over HTTP. */
final class SimulatedAccount {

  private SimulatedAccount() {}

  /** The issuer of a cluster; a cluster that is created again under its name has another. */
  static Issuer issuer(String cluster, int generation) {
    return new Issuer(
        "https://oidc.eks.eu-west-1.amazonaws.com/id/"
            + "%032X".formatted(new BigInteger(1, (cluster + generation).getBytes(UTF_8))));
  }

  static String arn(String cluster) {
    return arn(cluster, 0);
  }

  static String arn(String cluster, int generation) {
    return ProviderArn.of(Replay.HOME, issuer(cluster, generation)).toString();
  }

  /** An in-memory IAM that creates providers at a given time. */
  static InMemoryIam at(InMemoryIam.Snapshot snapshot, Instant now) {
    InMemoryIam iam = new InMemoryIam("aws", "111122223333", () -> now);
    iam.restore(snapshot);
    return iam;
  }

  static InMemoryIam empty(Instant now) {
    return new InMemoryIam("aws", "111122223333", () -> now);
  }

  /** Carries out a step, on clusters that are all active. */
  static CallResult perform(Step step, InMemoryIam iam, Instant now) {
    try {
      return CallResult.value(result(step, iam), now);
    } catch (AwsError e) {
      boolean tagLimit = e.code().equals("LimitExceeded") && step instanceof Step.Make;
      return CallResult.failure(
          new CallResult.Failure(e.code() + ": " + e.getMessage(), false, true, tagLimit), now);
    }
  }

  private static Object result(Step step, InMemoryIam iam) {
    return switch (step) {
      case Step.Describe(String name) ->
          Optional.of(new Cluster("ACTIVE", "1.33", Optional.of(issuer(name, 0))));
      case Step.Create(var issuer, var desired, var tags) -> {
        try {
          iam.create(
              issuer.url(), desired.audiences(), desired.thumbprints().orElse(List.of()), tags);
          yield Creation.DONE;
        } catch (AwsError e) {
          if (e.code().equals("EntityAlreadyExists")) {
            yield Creation.EXISTED;
          }
          throw e;
        }
      }
      case Step.Find(ProviderArn arn) -> provider(iam.all().get(arn.toString()));
      case Step.Make(ProviderArn arn, Change change) -> {
        if (!iam.all().containsKey(arn.toString())) {
          yield Modification.NO_PROVIDER;
        }
        make(iam, arn.toString(), change);
        yield Modification.DONE;
      }
      case Step.Delete(ProviderArn arn) -> {
        if (iam.all().containsKey(arn.toString())) {
          iam.delete(arn.toString());
        }
        yield Deletion.DONE;
      }
      case Step.ListAll() ->
          iam.list().stream().flatMap(arn -> ProviderArn.parse(arn).stream()).toList();
      case Step.ListStacks _ -> List.of();
      case Step.Pause _ -> "woke";
    };
  }

  /** A provider as the code sees it. */
  static Optional<Provider> provider(InMemoryIam.Entry entry) {
    return Optional.ofNullable(entry)
        .map(e -> new Provider(e.created(), e.audiences(), e.thumbprints(), e.tags()));
  }

  private static void make(InMemoryIam iam, String arn, Change change) {
    switch (change) {
      case Change.AddAudience(String audience) -> iam.addAudience(arn, audience);
      case Change.RemoveAudience(String audience) -> iam.removeAudience(arn, audience);
      case Change.ReplaceThumbprints(var thumbprints) -> iam.replaceThumbprints(arn, thumbprints);
      case Change.PutTags(var tags) -> iam.tag(arn, tags);
      case Change.RemoveTags(var keys) -> iam.untag(arn, keys);
    }
  }
}
