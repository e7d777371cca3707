package io.github.eksoidc.simulation;

import io.github.eksoidc.memory.AwsError;
import io.github.eksoidc.memory.MemoryIam;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.Clusters.Cluster;
import io.github.eksoidc.provider.Issuer;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers.Deletion;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The account in memory, called step by step instead of over HTTP. */
final class Account {

  static final Map<String, Issuer> CLUSTERS =
      Map.of(
          "a", new Issuer("https://oidc.eks.eu-west-1.amazonaws.com/id/AAAA"),
          "b", new Issuer("https://oidc.eks.eu-west-1.amazonaws.com/id/BBBB"));

  private Account() {}

  static String arn(String cluster) {
    return ProviderArn.of(Replay.HOME, CLUSTERS.get(cluster)).toString();
  }

  /** A MemoryIam that makes providers at a given time. */
  static MemoryIam at(MemoryIam.Snapshot snapshot, Instant now) {
    MemoryIam iam = new MemoryIam("aws", "111122223333", () -> now);
    iam.restore(snapshot);
    return iam;
  }

  static MemoryIam empty(Instant now) {
    return new MemoryIam("aws", "111122223333", () -> now);
  }

  /** Carries a step out, and tells what its caller will hear. */
  static Heard perform(Step step, MemoryIam iam, Instant now) {
    try {
      return Heard.value(result(step, iam), now);
    } catch (AwsError e) {
      return Heard.failure(e.code() + ": " + e.getMessage(), now);
    }
  }

  private static Object result(Step step, MemoryIam iam) {
    return switch (step) {
      case Step.Describe(String name) ->
          Optional.ofNullable(CLUSTERS.get(name))
              .map(issuer -> new Cluster("ACTIVE", "1.33", Optional.of(issuer)));
      case Step.Create(var issuer, var asked, var tags) -> {
        try {
          iam.create(issuer.url(), asked.audiences(), asked.thumbprints().orElse(List.of()), tags);
          yield true;
        } catch (AwsError e) {
          if (e.code().equals("EntityAlreadyExists")) {
            yield false;
          }
          throw e;
        }
      }
      case Step.Find(ProviderArn arn) -> provider(iam.all().get(arn.toString()));
      case Step.Make(ProviderArn arn, Change change) -> {
        if (!iam.all().containsKey(arn.toString())) {
          yield false;
        }
        make(iam, arn.toString(), change);
        yield true;
      }
      case Step.Delete(ProviderArn arn) -> {
        if (iam.all().containsKey(arn.toString())) {
          iam.delete(arn.toString());
        }
        yield Deletion.DONE;
      }
      case Step.ListAll() ->
          iam.list().stream().flatMap(arn -> ProviderArn.parse(arn).stream()).toList();
      case Step.Pause _ -> "woke";
    };
  }

  /** A provider as the code sees it. */
  static Optional<Provider> provider(MemoryIam.Entry entry) {
    return Optional.ofNullable(entry)
        .map(e -> new Provider(e.created(), e.audiences(), e.thumbprints(), e.tags()));
  }

  private static void make(MemoryIam iam, String arn, Change change) {
    switch (change) {
      case Change.AddAudience(String audience) -> iam.addAudience(arn, audience);
      case Change.RemoveAudience(String audience) -> iam.removeAudience(arn, audience);
      case Change.ReplaceThumbprints(var thumbprints) -> iam.replaceThumbprints(arn, thumbprints);
      case Change.PutTags(var tags) -> iam.tag(arn, tags);
      case Change.RemoveTags(var keys) -> iam.untag(arn, keys);
    }
  }
}
