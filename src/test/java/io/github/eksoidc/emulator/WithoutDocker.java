package io.github.eksoidc.emulator;

import io.github.eksoidc.harness.FunctionProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Changes {@code template.yaml} and {@code function.zip} for MiniStack. MiniStack runs Java
 * functions in Docker; without Docker it runs only functions with their own {@code bootstrap}. The
 * changes:
 *
 * <ul>
 *   <li>{@code CodeUri} is the package in S3, as {@code sam package} writes it.
 *   <li>{@code Runtime} is {@code provided.al2023}.
 *   <li>The package also contains a {@code bootstrap} that starts the JDK with Lambda's runtime
 *       client, and that client, which the managed runtime provides.
 *   <li>Parameter: {@code Architecture=x86_64}.
 * </ul>
 */
final class WithoutDocker {

  private static final String BOOTSTRAP =
      """
      #!/bin/sh
      exec "$JAVA_FOR_LAMBDA" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx400m \\
        --enable-native-access=ALL-UNNAMED $NATIVE_CLIENT -cp "$LAMBDA_TASK_ROOT/runtime/*" \\
        com.amazonaws.services.lambda.runtime.api.client.AWSLambda "$_HANDLER"
      """;

  private WithoutDocker() {}

  /** Returns environment variables of the functions, in addition to those of Lambda. */
  static Map<String, String> environment() {
    return Map.of(
        "JAVA_FOR_LAMBDA",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "NATIVE_CLIENT",
        FunctionProcess.nativeClient().orElse(""));
  }

  static String template(String codeUri) {
    String template = read(Path.of("template.yaml"));
    template = replaceOnce(template, "CodeUri: target/function.zip", "CodeUri: " + codeUri);
    return replaceOnce(template, "Runtime: java25", "Runtime: provided.al2023");
  }

  private static String replaceOnce(String text, String from, String to) {
    int at = text.indexOf(from);
    if (at < 0 || text.indexOf(from, at + 1) >= 0) {
      throw new IllegalStateException("Not exactly once in template.yaml: " + from);
    }
    return text.replace(from, to);
  }

  /** Returns the package with what the managed runtime provides. */
  static Path functionZip() {
    try {
      // Other test classes make it in other processes at the same time.
      Path zip = Files.createTempFile("function-without-docker", ".zip");
      zip.toFile().deleteOnExit();
      write(zip);
      return zip;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path zip) throws IOException {
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file);
        ZipInputStream in =
            new ZipInputStream(Files.newInputStream(Path.of("target", "function.zip")))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        in.transferTo(out);
      }
      for (Path jar : FunctionProcess.runtimeJars()) {
        out.putNextEntry(new ZipEntry("runtime/" + jar.getFileName()));
        Files.copy(jar, out);
      }
      out.putNextEntry(new ZipEntry("bootstrap"));
      out.write(BOOTSTRAP.getBytes(StandardCharsets.UTF_8));
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
