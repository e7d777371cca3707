package io.github.eksoidc.inmemory;

/**
 * A call that AWS received.
 *
 * @param action as IAM policies name it, or {@code bucket:Put}
 * @param region of the signature; empty for the bucket
 * @param outcome {@code OK}, an error's code, or the fault
 */
public record Call(String action, String region, String outcome) {

  @Override
  public String toString() {
    return outcome.equals("OK") ? action : action + " " + outcome;
  }
}
