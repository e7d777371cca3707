package io.github.eksoidc.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetStatus;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.Output;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.ResourceToImport;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackEvent;
import software.amazon.awssdk.services.s3.S3Client;

/** Manages stacks in MiniStack through the SDK's CloudFormation client. */
final class StackClient {

  private static final SdkHttpClient HTTP = UrlConnectionHttpClient.create();
  private static final Duration MAX_DURATION = Duration.ofMinutes(2);
  private static final Capability[] CAPABILITIES = {
    Capability.CAPABILITY_NAMED_IAM, Capability.CAPABILITY_AUTO_EXPAND
  };

  private final String endpoint;
  private final CloudFormationClient cloudFormation;

  StackClient(String endpoint) {
    this.endpoint = endpoint;
    this.cloudFormation = client(CloudFormationClient.builder(), endpoint);
  }

  /** Returns a client of a service of an emulator. */
  static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
      B builder, String endpoint) {
    return builder
        .httpClient(HTTP)
        .endpointOverride(URI.create(endpoint))
        .region(Region.EU_WEST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .build();
  }

  /** Uploads a file. */
  void upload(Path file, String bucket, String key) {
    try (S3Client s3 = client(S3Client.builder().forcePathStyle(true), endpoint)) {
      s3.createBucket(request -> request.bucket(bucket));
      s3.putObject(request -> request.bucket(bucket).key(key), file);
    }
  }

  /** Creates a stack and waits for the result. */
  Stack create(String name, String template, Map<String, String> parameters) {
    cloudFormation.createStack(
        request ->
            request
                .stackName(name)
                .templateBody(template)
                .parameters(list(parameters))
                .capabilities(CAPABILITIES));
    return await(name).orElseThrow();
  }

  /** Updates a stack and waits for the result. */
  Stack update(String name, String template, Map<String, String> parameters) {
    cloudFormation.updateStack(
        request ->
            request
                .stackName(name)
                .templateBody(template)
                .parameters(list(parameters))
                .capabilities(CAPABILITIES));
    return await(name).orElseThrow();
  }

  /** Imports an existing resource into a stack and waits for the result. */
  Stack importResource(
      String name,
      String template,
      Map<String, String> parameters,
      String type,
      String logicalId,
      Map<String, String> identifier) {
    ResourceToImport resource =
        ResourceToImport.builder()
            .resourceType(type)
            .logicalResourceId(logicalId)
            .resourceIdentifier(identifier)
            .build();
    cloudFormation.createChangeSet(
        request ->
            request
                .stackName(name)
                .changeSetName("import-" + logicalId)
                .changeSetType(ChangeSetType.IMPORT)
                .templateBody(template)
                .parameters(list(parameters))
                .capabilities(CAPABILITIES)
                .resourcesToImport(resource));
    ChangeSetStatus status = awaitChangeSet(name, "import-" + logicalId);
    assertThat(status).isEqualTo(ChangeSetStatus.CREATE_COMPLETE);
    cloudFormation.executeChangeSet(
        request -> request.stackName(name).changeSetName("import-" + logicalId));
    return await(name).orElseThrow();
  }

  private ChangeSetStatus awaitChangeSet(String stack, String name) {
    long end = System.nanoTime() + MAX_DURATION.toNanos();
    ChangeSetStatus status;
    do {
      Emulator.sleep(Duration.ofMillis(300));
      status =
          cloudFormation.describeChangeSet(r -> r.stackName(stack).changeSetName(name)).status();
    } while (status.toString().endsWith("_IN_PROGRESS") && System.nanoTime() < end);
    return status;
  }

  /** Deletes a stack and waits; returns the stack if the deletion failed. */
  Optional<Stack> delete(String name) {
    cloudFormation.deleteStack(request -> request.stackName(name));
    return await(name);
  }

  /** Returns the reasons of failed resources from a stack's events. */
  List<String> failures(String name) {
    return cloudFormation
        .describeStackEvents(request -> request.stackName(name))
        .stackEvents()
        .stream()
        .filter(event -> event.resourceStatusAsString().endsWith("_FAILED"))
        .map(StackEvent::resourceStatusReason)
        .toList();
  }

  /** Returns the physical id of a resource. */
  String physicalId(String stack, String resource) {
    return cloudFormation
        .describeStackResource(r -> r.stackName(stack).logicalResourceId(resource))
        .stackResourceDetail()
        .physicalResourceId();
  }

  static Map<String, String> outputs(Stack stack) {
    return stack.outputs().stream()
        .collect(Collectors.toMap(Output::outputKey, Output::outputValue));
  }

  private Optional<Stack> await(String name) {
    long end = System.nanoTime() + MAX_DURATION.toNanos();
    while (System.nanoTime() < end) {
      Optional<Stack> stack = find(name);
      if (stack.isEmpty() || !stack.get().stackStatusAsString().endsWith("_IN_PROGRESS")) {
        return stack;
      }
      Emulator.sleep(Duration.ofMillis(300));
    }
    return assertThat(find(name)).as("%s did not come to an end", name).isEmpty().actual();
  }

  private Optional<Stack> find(String name) {
    try {
      return cloudFormation.describeStacks(request -> request.stackName(name)).stacks().stream()
          .filter(stack -> !stack.stackStatusAsString().equals("DELETE_COMPLETE"))
          .findFirst();
    } catch (CloudFormationException e) {
      assertThat(e).hasMessageContaining("does not exist");
      return Optional.empty();
    }
  }

  private static List<Parameter> list(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(p -> Parameter.builder().parameterKey(p.getKey()).parameterValue(p.getValue()).build())
        .toList();
  }
}
