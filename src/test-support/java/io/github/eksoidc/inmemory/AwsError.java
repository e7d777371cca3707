package io.github.eksoidc.inmemory;

/** An error of AWS: code, HTTP status, message. */
public final class AwsError extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String code;
  private final int status;

  public AwsError(String code, int status, String message) {
    super(message);
    this.code = code;
    this.status = status;
  }

  public String code() {
    return code;
  }

  public int status() {
    return status;
  }
}
