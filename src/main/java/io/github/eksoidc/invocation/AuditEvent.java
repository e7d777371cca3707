package io.github.eksoidc.invocation;

import io.github.eksoidc.cloudformation.ParsedEvent;
import io.github.eksoidc.provider.ProviderArn;
import io.github.eksoidc.resource.RequestFailedException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** An event by which a person or a schedule, and not CloudFormation, invokes the function. */
sealed interface AuditEvent {

  /**
   * Reports providers and claims that nobody needs any more, and those that stacks need and lack.
   * Changes nothing.
   *
   * @param quota how many OIDC providers the account can have
   */
  record RunAudit(int quota) implements AuditEvent {}

  /**
   * Releases one stale claim.
   *
   * @param claimId empty for a managed provider that nobody claims
   */
  record ReleaseClaim(ProviderArn provider, Optional<String> claimId) implements AuditEvent {}

  /** IAM's default quota of OIDC providers in an account. */
  int DEFAULT_QUOTA = 100;

  /** The member that makes an event one of these. */
  String KIND = "Audit";

  int MAX_QUOTA = 100_000;
  Pattern CLAIM = Pattern.compile("[0-9a-f]{32}");

  /** Whether an event without a response URL is one of these. */
  static boolean isIn(ParsedEvent event) {
    return event.problem().isEmpty()
        && event.members().containsKey(KIND)
        && !event.members().containsKey("RequestType");
  }

  /**
   * Reads the members of an event.
   *
   * @throws RequestFailedException if a member is unknown, missing or has a bad value
   */
  static AuditEvent of(Map<String, String> members) {
    return switch (String.valueOf(members.get(KIND))) {
      case "Report" -> {
        checkNames(members, Set.of(KIND, "Quota"));
        yield new RunAudit(quota(members.get("Quota")));
      }
      case "Release" -> {
        checkNames(members, Set.of(KIND, "ProviderArn", "Claim"));
        Optional<String> claim = Optional.ofNullable(members.get("Claim"));
        if (claim.filter(id -> !CLAIM.matcher(id).matches()).isPresent()) {
          throw mustBe("Claim", "the id of a claim in the audit's report, 32 hex digits");
        }
        yield new ReleaseClaim(
            ProviderArn.parse(String.valueOf(members.get("ProviderArn")))
                .orElseThrow(() -> mustBe("ProviderArn", "the ARN of an OIDC provider")),
            claim);
      }
      default -> throw mustBe(KIND, "Report or Release");
    };
  }

  /** Without the value, which may be anything. */
  private static RequestFailedException mustBe(String member, String expected) {
    return new RequestFailedException("%s must be %s.".formatted(member, expected));
  }

  private static int quota(String text) {
    if (text == null) {
      return DEFAULT_QUOTA;
    }
    if (!text.matches("[0-9]{1,6}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MAX_QUOTA) {
      throw mustBe("Quota", "a whole number from 1 to " + MAX_QUOTA);
    }
    return Integer.parseInt(text);
  }

  private static void checkNames(Map<String, String> members, Set<String> known) {
    Set<String> unknown = new TreeSet<>(members.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new RequestFailedException(
          "The event has unknown members: %s. The known members are %s."
              .formatted(String.join(", ", unknown), String.join(", ", new TreeSet<>(known))));
    }
  }
}
