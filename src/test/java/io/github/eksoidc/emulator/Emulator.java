package io.github.eksoidc.emulator;

import io.github.eksoidc.harness.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An AWS emulator in its own process, installed in a virtual environment under target/. */
final class Emulator implements AutoCloseable {

  /** The account of MiniStack; moto uses the same. */
  static final String ACCOUNT = "000000000000";

  private static final Path FOLDER = Path.of("target", "python", "emulators").toAbsolutePath();
  private static final Path NATIVE_PROVIDERS =
      Path.of("build", "emulators", "ministack_with_oidc_provider.py");
  private static final Duration MAX_START_LENGTH = Duration.ofSeconds(60);

  private static boolean installed;

  private final String name;
  private final int port;
  private final Process process;

  private Emulator(String name, int port, Process process) {
    this.name = name;
    this.port = port;
    this.process = process;
  }

  /** Starts moto: IAM, with OIDC providers except for changes of audiences. */
  static Emulator moto() {
    int port = freePort();
    return start(
        "moto",
        port,
        Map.of("MOTO_ACCOUNT_ID", ACCOUNT),
        List.of(program("moto_server"), "-H", "127.0.0.1", "-p", String.valueOf(port)));
  }

  /**
   * Starts MiniStack: CloudFormation, Lambda, EKS, S3.
   *
   * @param environment added to the environment of its functions
   */
  static Emulator miniStack(Map<String, String> environment) {
    return miniStack(environment, List.of(program("ministack")));
  }

  /**
   * Starts MiniStack with the resource type {@code AWS::IAM::OIDCProvider}, which it lacks.
   *
   * @param environment added to the environment of its functions
   * @param providers where the providers are, also those of the function
   */
  static Emulator miniStackWithNativeProviders(
      Map<String, String> environment, Emulator providers) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("IAM_OF_PROVIDERS", providers.endpoint());
    variables.put("AWS_ENDPOINT_URL_IAM", providers.endpoint());
    return miniStack(variables, List.of(program("python"), NATIVE_PROVIDERS.toString()));
  }

  private static Emulator miniStack(Map<String, String> environment, List<String> command) {
    int port = freePort();
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("GATEWAY_PORT", String.valueOf(port));
    variables.put("BIND_HOST", "127.0.0.1");
    variables.put("MINISTACK_HOST", "127.0.0.1");
    variables.put("AWS_ENDPOINT_URL", "http://127.0.0.1:" + port);
    return start("ministack", port, variables, command);
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  private static Emulator start(
      String name, int port, Map<String, String> environment, List<String> command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(FOLDER.resolve(name + "-" + port + ".log").toFile());
      builder.environment().keySet().removeIf(variable -> variable.startsWith("AWS_"));
      builder.environment().put("AWS_DEFAULT_REGION", "eu-west-1");
      builder.environment().putAll(environment);
      Emulator emulator = new Emulator(name, port, builder.start());
      Runtime.getRuntime().addShutdownHook(new Thread(emulator::close));
      emulator.awaitStart();
      return emulator;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitStart() throws IOException {
    long end = System.nanoTime() + MAX_START_LENGTH.toNanos();
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (ConnectException e) {
        sleep(Duration.ofMillis(200));
      }
    }
    close();
    throw new IllegalStateException(
        name + " does not start:\n" + Files.readString(FOLDER.resolve(name + "-" + port + ".log")));
  }

  /** Returns a program of the virtual environment, which the first call makes. */
  private static synchronized String program(String name) {
    if (!installed) {
      run(List.of("build/venv", "emulators"));
      installed = true;
    }
    return FOLDER.resolve("bin").resolve(name).toString();
  }

  private static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("Failed: " + String.join(" ", command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void sleep(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    Processes.end(process);
  }
}
