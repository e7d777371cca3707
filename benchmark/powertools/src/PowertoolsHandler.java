package benchmark;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.CloudFormationCustomResourceEvent;
import java.util.Map;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eks.EksClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.EntityAlreadyExistsException;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.lambda.powertools.cloudformation.AbstractCustomResourceHandler;
import software.amazon.lambda.powertools.cloudformation.Response;

/**
 * The obvious Java way, as the documentation of Powertools shows it: default clients, no tuning.
 */
public final class PowertoolsHandler extends AbstractCustomResourceHandler {

  private final EksClient eks = EksClient.create();
  private final IamClient iam = IamClient.builder().region(Region.AWS_GLOBAL).build();

  @Override
  protected Response create(CloudFormationCustomResourceEvent event, Context context) {
    String url = issuer(event);
    try {
      String arn =
          iam.createOpenIDConnectProvider(
                  request ->
                      request
                          .url(url)
                          .clientIDList("sts.amazonaws.com")
                          .tags(Tag.builder().key("managed").value("true").build()))
              .openIDConnectProviderArn();
      return answer(arn, url);
    } catch (EntityAlreadyExistsException e) {
      return Response.failed("exists");
    }
  }

  @Override
  protected Response update(CloudFormationCustomResourceEvent event, Context context) {
    String url = issuer(event);
    iam.getOpenIDConnectProvider(
        request -> request.openIDConnectProviderArn(event.getPhysicalResourceId()));
    return answer(event.getPhysicalResourceId(), url);
  }

  @Override
  protected Response delete(CloudFormationCustomResourceEvent event, Context context) {
    try {
      iam.deleteOpenIDConnectProvider(
          request -> request.openIDConnectProviderArn(event.getPhysicalResourceId()));
    } catch (NoSuchEntityException e) {
      // Gone already.
    }
    return Response.success(event.getPhysicalResourceId());
  }

  private String issuer(CloudFormationCustomResourceEvent event) {
    String name = (String) event.getResourceProperties().get("ClusterName");
    return eks.describeCluster(request -> request.name(name)).cluster().identity().oidc().issuer();
  }

  private static Response answer(String arn, String url) {
    return Response.builder().value(Map.of("Arn", arn, "Url", url)).physicalResourceId(arn).build();
  }
}
