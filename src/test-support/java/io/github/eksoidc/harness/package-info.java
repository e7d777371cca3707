/** Runs the packaged function in its own process, under Lambda's runtime client. */
package io.github.eksoidc.harness;
