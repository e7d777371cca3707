package io.github.eksoidc.resource;

/** The ids of resources that were never made. */
public final class PhysicalIds {

  private static final String NOT_CREATED = "not-created/";

  private PhysicalIds() {}

  /**
   * The id for the answer to a Create that failed before it did anything.
   *
   * @param of what tells it from others
   */
  public static String notCreated(String of) {
    return NOT_CREATED + of;
  }

  /**
   * Whether a Create answered with this id that had done nothing: so there is nothing to delete.
   */
  public static boolean isNotCreated(String physicalId) {
    return physicalId.startsWith(NOT_CREATED);
  }
}
