package io.github.eksoidc.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Namespaces together with the names that are listed in each of them. One policy statement can
 * stand for a group: every combination of a namespace and a name is listed.
 *
 * @param namespaces the namespaces, or patterns for namespaces
 * @param names the names, or patterns for names
 */
record NamespaceGroup(List<String> namespaces, List<String> names) {

  NamespaceGroup {
    namespaces = List.copyOf(namespaces);
    names = List.copyOf(names);
  }

  /**
   * Divides service accounts into groups. The groups have exactly the given combinations of
   * namespace and name.
   *
   * <p>Namespaces with the same names share a group, or names with the same namespaces do,
   * whichever results in fewer groups.
   */
  static List<NamespaceGroup> of(List<ServiceAccount> serviceAccounts) {
    List<NamespaceGroup> byNamespace = new ArrayList<>();
    keysByValues(serviceAccounts, ServiceAccount::namespace, ServiceAccount::name)
        .forEach((names, namespaces) -> byNamespace.add(new NamespaceGroup(namespaces, names)));
    List<NamespaceGroup> byName = new ArrayList<>();
    keysByValues(serviceAccounts, ServiceAccount::name, ServiceAccount::namespace)
        .forEach((namespaces, names) -> byName.add(new NamespaceGroup(namespaces, names)));
    return byName.size() < byNamespace.size() ? byName : byNamespace;
  }

  /** Finds the values of each key, then the keys that have the same values. */
  private static Map<List<String>, List<String>> keysByValues(
      List<ServiceAccount> serviceAccounts,
      Function<ServiceAccount, String> key,
      Function<ServiceAccount, String> value) {
    Map<String, List<String>> valuesByKey = new LinkedHashMap<>();
    for (ServiceAccount one : serviceAccounts) {
      valuesByKey.computeIfAbsent(key.apply(one), _ -> new ArrayList<>()).add(value.apply(one));
    }
    Map<List<String>, List<String>> keysByValues = new LinkedHashMap<>();
    valuesByKey.forEach(
        (one, values) -> keysByValues.computeIfAbsent(values, _ -> new ArrayList<>()).add(one));
    return keysByValues;
  }
}
