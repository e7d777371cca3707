package io.github.eksoidc.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLineTest {

  @Test
  void beginsWithTheVersionOfThePom() throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    assertThat(pom).contains("<version>" + LogLine.VERSION + "</version>\n  <packaging>");
    assertThat(LogLine.start(Instant.EPOCH, "INFO", "response").firstEntry())
        .isEqualTo(Map.entry("version", LogLine.VERSION));
  }
}
