package io.github.eksoidc.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.eksoidc.provider.ProviderTags;
import io.github.eksoidc.resource.LogicalResource;
import org.junit.jupiter.api.Test;

class ClaimTest {

  private static final String STACK =
      "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/0a1b2c3d";

  @Test
  void theIdIsOfStackAndLogicalId() {
    // printf '%s\n%s' STACK Provider | sha256sum | cut -c 1-32
    assertThat(Claim.of(new LogicalResource(STACK, "Provider")))
        .isEqualTo(new Claim("45095d0d1bc78f40facaa4ea1135d30e", "payments/Provider"));
  }

  @Test
  void anotherStackOrAnotherNameIsAnotherClaim() {
    String id = Claim.of(new LogicalResource(STACK, "Provider")).id();
    assertThat(Claim.of(new LogicalResource(STACK + "e", "Provider")).id()).isNotEqualTo(id);
    assertThat(Claim.of(new LogicalResource(STACK, "Providers")).id()).isNotEqualTo(id);
    // The two are not run together.
    assertThat(Claim.of(new LogicalResource("ab", "c")).id())
        .isNotEqualTo(Claim.of(new LogicalResource("a", "bc")).id());
  }

  @Test
  void theOwnerIsWhatATagCanHold() {
    Claim claim = Claim.of(new LogicalResource("arn:x:stack/na*me/1", "L".repeat(300)));
    assertThat(claim.owner()).startsWith("na_me/LLL").hasSize(256);
    assertThat(ProviderTags.isStorable(claim.owner())).isTrue();
  }
}
