package io.github.eksoidc.inmemory;

/**
 * A call that arrived.
 *
 * @param action as IAM policies name it, or {@code bucket:Put}
 * @param region for which it was signed; empty for the bucket
 * @param outcome {@code OK}, an error's code, or what was done to it
 */
public record Call(String action, String region, String outcome) {

  @Override
  public String toString() {
    return outcome.equals("OK") ? action : action + " " + outcome;
  }
}
