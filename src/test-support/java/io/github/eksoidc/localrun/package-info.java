/** The local run: a cluster's life without an AWS account. */
package io.github.eksoidc.localrun;
