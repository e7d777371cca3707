package io.github.eksoidc.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.RuntimeApi;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * The packaged function under {@code aws-lambda-java-runtime-interface-client}, which is what the
 * managed runtime starts, with an AWS in memory around it.
 */
public final class FunctionProcess implements AutoCloseable {

  /** As the template names it. */
  public static final String HANDLER =
      "io.github.eksoidc.lambda.CustomResourceHandler::handleRequest";

  /** As managed Java 25 starts a function of 512 MB without SnapStart. */
  public static final List<String> ON_DEMAND =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx400m");

  /** Has the runtime client call the hooks around a snapshot. */
  public static final String HOOKS = "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac";

  private static final String RUNTIME =
      "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

  private static Path nativeClient;

  private final InMemoryAws aws;
  private final InMemoryAws.RuntimeEndpoint runtime;
  private final Process process;
  private final List<String> output = new CopyOnWriteArrayList<>();
  private final Thread reader;

  /** Starts a function. */
  public static FunctionProcess start(InMemoryAws aws, Path unpacked) {
    return start(aws, unpacked, Map.of(), List.of());
  }

  /**
   * Starts a function as SnapStart does: it is snapshot, and waits to be restored.
   *
   * @param environment added to what Lambda sets
   */
  public static FunctionProcess startForSnapshot(
      InMemoryAws aws, Path unpacked, Map<String, String> environment) {
    return start(aws, unpacked, environment, List.of(HOOKS), true);
  }

  /**
   * Starts a function.
   *
   * @param environment added to what Lambda sets
   * @param jvmArguments added to those of the managed runtime
   */
  public static FunctionProcess start(
      InMemoryAws aws, Path unpacked, Map<String, String> environment, List<String> jvmArguments) {
    return start(aws, unpacked, environment, jvmArguments, false);
  }

  private static FunctionProcess start(
      InMemoryAws aws,
      Path unpacked,
      Map<String, String> environment,
      List<String> jvmArguments,
      boolean snapStart) {
    try {
      return new FunctionProcess(aws, unpacked, environment, jvmArguments, snapStart);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FunctionProcess(
      InMemoryAws aws,
      Path unpacked,
      Map<String, String> environment,
      List<String> jvmArguments,
      boolean snapStart)
      throws IOException {
    this.aws = aws;
    runtime = aws.addRuntime();
    List<String> arguments = new ArrayList<>(ON_DEMAND);
    arguments.addAll(jvmArguments);
    arguments.addAll(measuringAgents());
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments, HANDLER))
            .directory(unpacked.toFile())
            .redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    describeLambda(variables, aws, runtime.address(), unpacked, snapStart);
    variables.putAll(environment);
    process = builder.start();
    reader = Thread.ofPlatform().daemon().name("function-output").start(this::read);
  }

  /** What starts Java with a handler under Lambda's runtime client. */
  public static List<String> command(List<String> jvmArguments, String handler) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmArguments);
    command.add("--enable-native-access=ALL-UNNAMED");
    nativeClient().ifPresent(command::add);
    command.addAll(List.of("-cp", runtimeClassPath(), RUNTIME, handler));
    return command;
  }

  /**
   * Sets what Lambda sets.
   *
   * @param snapStart then credentials come from an endpoint, and not before the restore
   */
  public static void describeLambda(
      Map<String, String> variables,
      InMemoryAws aws,
      String runtimeApi,
      Path unpacked,
      boolean snapStart) {
    variables.keySet().removeIf(name -> name.startsWith("AWS_") || name.startsWith("JAVA_"));
    variables.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    variables.put("AWS_LAMBDA_FUNCTION_NAME", "eks-oidc-provider");
    variables.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512");
    variables.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
    variables.put("LAMBDA_TASK_ROOT", unpacked.toString());
    variables.put("_HANDLER", HANDLER);
    variables.put("AWS_REGION", aws.region());
    variables.put("AWS_ENDPOINT_URL", aws.endpoint());
    if (snapStart) {
      variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
      variables.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", aws.endpoint() + InMemoryAws.CREDENTIALS);
      variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token-EXAMPLE");
    } else {
      variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
      variables.put("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
      variables.put("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
      variables.put("AWS_SESSION_TOKEN", "FwoGZXIvYXdzEXAMPLE");
    }
  }

  /** What measures the coverage of this process measures the function's as well. */
  private static List<String> measuringAgents() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-javaagent:") && argument.contains("jacoco"))
        .toList();
  }

  /**
   * Where the runtime client finds its native library. By itself it unpacks it to one place for all
   * processes of a machine, and one that starts meanwhile crashes.
   */
  private static synchronized Optional<String> nativeClient() {
    if (nativeClient == null) {
      String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : "aarch_64";
      try (InputStream library =
          FunctionProcess.class.getResourceAsStream(
              "/jni/libaws-lambda-jni.linux-" + machine + ".so")) {
        if (library == null) {
          return Optional.empty();
        }
        nativeClient = Files.createTempFile("libaws-lambda-jni", ".so");
        nativeClient.toFile().deleteOnExit();
        Files.copy(library, nativeClient, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Optional.of(
        "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
            + nativeClient);
  }

  /** The runtime client and what it needs, and nothing of the tests. */
  public static List<Path> runtimeJars() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            entry ->
                entry.contains("aws-lambda-java-runtime-interface-client")
                    || entry.contains("aws-lambda-java-core")
                    || entry.contains("aws-lambda-java-serialization")
                    || entry.contains("utils-lite"))
        .map(Path::of)
        .toList();
  }

  private static String runtimeClassPath() {
    return runtimeJars().stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
      }
    } catch (IOException e) {
      output.add("(the output ended: " + e.getMessage() + ")");
    }
  }

  public RuntimeApi api() {
    return runtime.api();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Where the output of every function process of the tests is kept, for who searches it. */
  public static final Path LOGS = Path.of("target", "function-logs");

  /** Keeps what it printed, and which response URLs there were. */
  private void keepOutput() {
    try {
      Files.createDirectories(LOGS);
      String name = process.pid() + "-" + System.nanoTime();
      Files.write(LOGS.resolve(name + ".log"), output);
      Files.write(LOGS.resolve(name + ".urls"), aws.responseUrls());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it printed. */
  public List<String> output() {
    return output;
  }

  @Override
  public void close() {
    // As a signal, so that a coverage agent can write what it saw.
    Processes.end(process);
    try {
      reader.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    keepOutput();
    runtime.removal().run();
  }
}
