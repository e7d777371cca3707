package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import io.github.eksoidc.issuer.Issuer;
import io.github.eksoidc.provider.AwsCallException;
import io.github.eksoidc.provider.Change;
import io.github.eksoidc.provider.DesiredState;
import io.github.eksoidc.provider.Provider;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.provider.Providers;
import io.github.eksoidc.provider.TagLimitExceededException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkPlugin;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.ConcurrentModificationException;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.GetOpenIdConnectProviderResponse;
import software.amazon.awssdk.services.iam.model.IamResponse;
import software.amazon.awssdk.services.iam.model.LimitExceededException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.OpenIDConnectProviderListEntry;
import software.amazon.awssdk.services.iam.model.Tag;

/** Reads and changes an account's OIDC providers with the IAM API. */
public final class IamProviders implements Providers {

  private static final SdkPlugin WITHOUT_RETRIES =
      config ->
          config.overrideConfiguration(
              config.overrideConfiguration().toBuilder()
                  .retryStrategy(AwsRetryStrategy.doNotRetry())
                  .build());

  /**
   * All attempts of a write are sent within {@code Lease.LATEST_CALL}, a minute, after which other
   * requests rely on it that the write was carried out or never will be.
   */
  private static final Duration LONGEST_WRITE = Duration.ofSeconds(55);

  private final IamClient iam;
  private final CallInterceptor interceptor;

  public IamProviders(AwsClients clients, CallInterceptor interceptor) {
    this.iam = clients.iam();
    this.interceptor = requireNonNull(interceptor, "interceptor is null");
  }

  @Override
  public Creation create(Issuer issuer, DesiredState desired, Map<String, String> tags) {
    String action = "iam:CreateOpenIDConnectProvider";
    try {
      call(
          action,
          () ->
              iam.createOpenIDConnectProvider(
                  request -> {
                    request.url(issuer.url()).clientIDList(desired.audiences()).tags(tagList(tags));
                    request.overrideConfiguration(IamProviders::limitTime);
                    desired.thumbprints().ifPresent(request::thumbprintList);
                  }));
      return Creation.DONE;
    } catch (EntityAlreadyExistsException e) {
      return AwsErrors.isRejection(e) ? Creation.EXISTED : Creation.UNKNOWN;
    } catch (LimitExceededException e) {
      throw AwsErrors.exception(
          ("The account has reached its quota of OIDC providers (100 by default)%s. Delete the"
                  + " providers of clusters that no longer exist, or request a higher quota in"
                  + " Service Quotas, IAM, \"OpenId connect providers per account\".")
              .formatted(AwsErrors.requestId(e)),
          e);
    } catch (SdkException e) {
      throw AwsErrors.translate(action, issuer.name(), e);
    }
  }

  @Override
  public Optional<Provider> find(ProviderArn arn) {
    String action = "iam:GetOpenIDConnectProvider";
    try {
      return Optional.of(
          provider(
              call(
                  action,
                  () ->
                      iam.getOpenIDConnectProvider(
                          request -> request.openIDConnectProviderArn(arn.toString())))));
    } catch (NoSuchEntityException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw AwsErrors.translate(action, arn.toString(), e);
    }
  }

  @Override
  public Modification change(ProviderArn arn, Change change) {
    String action = "iam:" + actionOf(change);
    try {
      call(action, () -> send(arn.toString(), change));
      return Modification.DONE;
    } catch (NoSuchEntityException e) {
      return Modification.NO_PROVIDER;
    } catch (LimitExceededException e) {
      throw limitExceeded(arn, change, e);
    } catch (SdkException e) {
      throw AwsErrors.translate(action, arn.toString(), e);
    }
  }

  @Override
  public Deletion delete(ProviderArn arn) {
    String action = "iam:DeleteOpenIDConnectProvider";
    try {
      call(
          action,
          () ->
              iam.deleteOpenIDConnectProvider(
                  request ->
                      request
                          .openIDConnectProviderArn(arn.toString())
                          .overrideConfiguration(o -> o.addPlugin(WITHOUT_RETRIES))));
      return Deletion.DONE;
    } catch (NoSuchEntityException e) {
      return Deletion.DONE;
    } catch (AwsServiceException e) {
      if (e.isThrottlingException() || e instanceof ConcurrentModificationException) {
        return Deletion.REFUSED;
      }
      if (AwsErrors.isTransient(e)) {
        return Deletion.UNKNOWN;
      }
      throw AwsErrors.translate(action, arn.toString(), e);
    } catch (SdkException e) {
      return Deletion.UNKNOWN;
    }
  }

  @Override
  public List<ProviderArn> list() {
    String action = "iam:ListOpenIDConnectProviders";
    try {
      return call(action, () -> iam.listOpenIDConnectProviders())
          .openIDConnectProviderList()
          .stream()
          .map(OpenIDConnectProviderListEntry::arn)
          .flatMap(arn -> ProviderArn.parse(arn).stream())
          .toList();
    } catch (SdkException e) {
      throw AwsErrors.translate(action, "*", e);
    }
  }

  private IamResponse send(String arn, Change change) {
    return switch (change) {
      case Change.AddAudience(String audience) ->
          iam.addClientIDToOpenIDConnectProvider(
              request ->
                  request
                      .openIDConnectProviderArn(arn)
                      .clientID(audience)
                      .overrideConfiguration(IamProviders::limitTime));
      case Change.RemoveAudience(String audience) ->
          iam.removeClientIDFromOpenIDConnectProvider(
              request ->
                  request
                      .openIDConnectProviderArn(arn)
                      .clientID(audience)
                      .overrideConfiguration(IamProviders::limitTime));
      case Change.ReplaceThumbprints(List<String> thumbprints) ->
          iam.updateOpenIDConnectProviderThumbprint(
              request ->
                  request
                      .openIDConnectProviderArn(arn)
                      .thumbprintList(thumbprints)
                      .overrideConfiguration(IamProviders::limitTime));
      case Change.PutTags(Map<String, String> tags) ->
          iam.tagOpenIDConnectProvider(
              request ->
                  request
                      .openIDConnectProviderArn(arn)
                      .tags(tagList(tags))
                      .overrideConfiguration(IamProviders::limitTime));
      case Change.RemoveTags(var keys) ->
          iam.untagOpenIDConnectProvider(
              request ->
                  request
                      .openIDConnectProviderArn(arn)
                      .tagKeys(keys)
                      .overrideConfiguration(IamProviders::limitTime));
    };
  }

  private static void limitTime(AwsRequestOverrideConfiguration.Builder call) {
    call.apiCallTimeout(LONGEST_WRITE);
  }

  private static String actionOf(Change change) {
    return switch (change) {
      case Change.AddAudience _ -> "AddClientIDToOpenIDConnectProvider";
      case Change.RemoveAudience _ -> "RemoveClientIDFromOpenIDConnectProvider";
      case Change.ReplaceThumbprints _ -> "UpdateOpenIDConnectProviderThumbprint";
      case Change.PutTags _ -> "TagOpenIDConnectProvider";
      case Change.RemoveTags _ -> "UntagOpenIDConnectProvider";
    };
  }

  private static AwsCallException limitExceeded(
      ProviderArn arn, Change change, LimitExceededException e) {
    String requestId = AwsErrors.requestId(e);
    return switch (change) {
      case Change.PutTags _ ->
          new TagLimitExceededException(
              "%s has no room for more tags: IAM allows 50%s.".formatted(arn, requestId),
              AwsErrors.translate("iam:" + actionOf(change), arn.toString(), e));
      case Change.AddAudience(String audience) ->
          AwsErrors.exception(
              "%s has 100 audiences, the most that IAM allows, so %s can't be added%s."
                  .formatted(arn, audience, requestId),
              e);
      default -> AwsErrors.translate("iam:" + actionOf(change), arn.toString(), e);
    };
  }

  private <T extends IamResponse> T call(String action, Supplier<T> call) {
    return interceptor.call(action, call);
  }

  private static List<Tag> tagList(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
        .toList();
  }

  private static Provider provider(GetOpenIdConnectProviderResponse found) {
    NavigableMap<String, String> tags = new TreeMap<>();
    found.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    return new Provider(found.createDate(), found.clientIDList(), found.thumbprintList(), tags);
  }
}
