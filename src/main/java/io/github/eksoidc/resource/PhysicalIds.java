package io.github.eksoidc.resource;

/** Physical ids of resources whose Create failed before it changed anything. */
public final class PhysicalIds {

  private static final String NOT_CREATED = "not-created/";

  private PhysicalIds() {}

  /**
   * Returns the id for the response of a Create that failed before it changed anything.
   *
   * @param unique distinguishes the id from others
   */
  public static String notCreated(String unique) {
    return NOT_CREATED + unique;
  }

  /** Whether this is the id of a Create that changed nothing, so that nothing is to be deleted. */
  public static boolean isNotCreated(String physicalId) {
    return physicalId.startsWith(NOT_CREATED);
  }
}
