package io.github.eksoidc.audit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** Whether something that a provider's tags name still exists. */
public sealed interface Existence {

  /**
   * It exists.
   *
   * @param detail what exists, such as a cluster's name
   */
  record Exists(String detail) implements Existence {
    public Exists {
      requireNonNull(detail, "detail is null");
    }
  }

  /**
   * It certainly does not exist any more.
   *
   * @param asOf when it did not exist any more
   * @param stackExists whether the stack exists that the resource was in
   */
  record Gone(String detail, Instant asOf, boolean stackExists) implements Existence {
    public Gone {
      requireNonNull(detail, "detail is null");
      requireNonNull(asOf, "asOf is null");
    }
  }

  /** It can't be known. */
  record Unknown(String detail) implements Existence {
    public Unknown {
      requireNonNull(detail, "detail is null");
    }
  }

  /** What exists, or why it is gone or unknown. */
  String detail();

  /** Whether it certainly does not exist any more. */
  default boolean isGone() {
    return this instanceof Gone;
  }

  /** {@code Exists}, {@code Gone} or {@code Unknown}. */
  default String text() {
    return switch (this) {
      case Exists _ -> "Exists";
      case Gone _ -> "Gone";
      case Unknown _ -> "Unknown";
    };
  }
}
