package io.github.eksoidc.aws;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What AWS's message says about a denied call.
 *
 * @param policy the kind of policy that decided
 * @param isExplicit whether such a policy has a Deny; otherwise none of them has an Allow
 * @param action the action that is missing; empty if the message names none. It may be another one
 *     than that of the call: to create something with tags takes the action that tags, too
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html">Access
 *     denied error messages</a>
 */
record Denial(Policy policy, boolean isExplicit, Optional<String> action) {

  private static final Pattern ACTION =
      Pattern.compile("is not authorized to perform: ([a-z0-9-]{1,40}:[A-Za-z0-9]{1,80})\\b");

  private static final Pattern EXPLICIT = Pattern.compile("with an explicit deny\\b");

  Denial {
    requireNonNull(policy, "policy is null");
    requireNonNull(action, "action is null");
  }

  /** The kinds of policies that can deny a call of the function. */
  enum Policy {
    IDENTITY_BASED(
        "identity-based policy",
        "Deploy the function again, or allow this action in the role of RoleArn.",
        "Remove the Deny from the role's policies."),
    PERMISSIONS_BOUNDARY(
        "permissions boundary",
        "Change the permissions boundary so that the role has this action."),
    SERVICE_CONTROL(
        "service control policy",
        "Ask the administrators of the organization to exempt the role, or deploy the function with"
            + " a RoleArn that they exempt."),
    RESOURCE_CONTROL(
        "resource control policy",
        "Ask the administrators of the organization to exempt the role from the policy."),
    SESSION(
        "session policy",
        "Change the session policy under which the role's credentials are issued."),
    VPC_ENDPOINT(
        "VPC endpoint policy",
        "Change the policy of the VPC endpoint that the function's calls use."),
    UNKNOWN(
        "policy",
        "Check the role's policies, its permissions boundary, and the policies of the organization"
            + " and of VPC endpoints.");

    private final String text;
    private final String remedyOfMissingAllow;
    private final String remedyOfDeny;
    private final Pattern denies;
    private final Pattern lacks;

    Policy(String text, String remedy) {
      this(text, remedy, remedy);
    }

    Policy(String text, String remedyOfMissingAllow, String remedyOfDeny) {
      this.text = text;
      this.remedyOfMissingAllow = remedyOfMissingAllow;
      this.remedyOfDeny = remedyOfDeny;
      String name = Pattern.quote(text.toLowerCase(Locale.ROOT));
      this.denies = Pattern.compile("with an explicit deny in (?:an?|the) " + name + "\\b");
      this.lacks = Pattern.compile("because no " + name + " allows\\b");
    }
  }

  /** Reads the message of a denied call. */
  static Denial of(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    Matcher action = ACTION.matcher(message);
    Optional<String> missing = action.find() ? Optional.of(action.group(1)) : Optional.empty();
    for (Policy policy : Policy.values()) {
      if (policy.denies.matcher(lower).find()) {
        return new Denial(policy, true, missing);
      }
      if (policy.lacks.matcher(lower).find()) {
        return new Denial(policy, false, missing);
      }
    }
    return new Denial(Policy.UNKNOWN, EXPLICIT.matcher(lower).find(), missing);
  }

  /**
   * Whether the same call may be allowed soon: a policy that was just attached to a role takes
   * effect some seconds later.
   */
  boolean mayPass() {
    return policy == Policy.IDENTITY_BASED && !isExplicit;
  }

  /** Who denied the call, such as ": a permissions boundary denies it"; empty if unknown. */
  String cause() {
    if (isExplicit) {
      return ": %s %s denies it"
          .formatted(policy == Policy.IDENTITY_BASED ? "an" : "a", policy.text);
    }
    return policy == Policy.UNKNOWN ? "" : ": no %s allows it".formatted(policy.text);
  }

  /** What to do. */
  String remedy() {
    return isExplicit ? policy.remedyOfDeny : policy.remedyOfMissingAllow;
  }
}
