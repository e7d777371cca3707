package io.github.eksoidc.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.eksoidc.aws.DenialRetries;
import io.github.eksoidc.inmemory.InMemoryAws;
import io.github.eksoidc.inmemory.RuntimeApi;
import io.github.eksoidc.provider.Providers;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The packaged function under {@code aws-lambda-java-runtime-interface-client}, which is what the
 * managed runtime starts, with an in-memory AWS.
 */
public final class FunctionProcess implements AutoCloseable {

  /** The handler in the template. */
  public static final String HANDLER =
      "io.github.eksoidc.lambda.CustomResourceHandler::handleRequest";

  /**
   * The JVM arguments of the managed Java 25 runtime with 512 MB, without SnapStart, and a heap
   * that is a little smaller than its 85 percent.
   */
  public static final List<String> ON_DEMAND =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx400m");

  /** Makes the runtime client call the hooks around a snapshot. */
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
   * Starts a function as SnapStart does. It runs the hooks before the snapshot and waits for the
   * restore.
   */
  public static FunctionProcess startForSnapshot(InMemoryAws aws, Path unpacked) {
    return start(aws, unpacked, Map.of(), List.of(HOOKS), true);
  }

  /**
   * Starts a function.
   *
   * @param environment added to the variables of Lambda; an empty one takes a variable away
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
    arguments.add("-D%s=%d".formatted(Providers.MAX_LAG_PROPERTY, Providers.MAX_LAG.toSeconds()));
    arguments.add(
        "-D%s=%d".formatted(DenialRetries.PATIENCE_PROPERTY, DenialRetries.PATIENCE.toSeconds()));
    ProcessBuilder builder =
        new ProcessBuilder(command(arguments, HANDLER))
            .directory(unpacked.toFile())
            .redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    describeLambda(variables, aws, runtime.address(), unpacked, snapStart);
    variables.putAll(environment);
    variables.values().removeIf(String::isEmpty);
    process = builder.start();
    reader = Thread.ofPlatform().daemon().name("function-output").start(this::read);
  }

  /** Returns the command that starts a handler under Lambda's runtime client. */
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
   * Sets the environment variables of Lambda.
   *
   * @param snapStart whether credentials come from an endpoint after the restore
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

  /** Returns the coverage agent of this process, for the function's process. */
  private static List<String> measuringAgents() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-javaagent:") && argument.contains("jacoco"))
        .toList();
  }

  /**
   * Returns the option that tells the runtime client where its native library is. By default it
   * unpacks the library to one place for all processes of a machine, and a process that starts
   * meanwhile crashes.
   */
  public static synchronized Optional<String> nativeClient() {
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

  /** Returns the jars of the runtime client, without those of the tests. */
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

  /** The folder with the output of every function process. */
  public static final Path LOGS = Path.of("target", "function-logs");

  /** Writes the output and the response URLs to files. */
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

  /** Returns the lines that the function printed. */
  public List<String> output() {
    return output;
  }

  /**
   * Returns the output as soon as it is complete, or after ten seconds: another thread reads it,
   * and may do so after the response.
   */
  public List<String> output(Predicate<List<String>> isComplete) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!isComplete.test(output) && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
    return output;
  }

  /** Returns the output as soon as a line contains a text, or after ten seconds. */
  public List<String> outputWith(String text) {
    return output(lines -> lines.stream().anyMatch(line -> line.contains(text)));
  }

  @Override
  public void close() {
    // A signal lets the coverage agent write its data.
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
