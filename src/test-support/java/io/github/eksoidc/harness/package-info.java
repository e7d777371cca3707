/** The packaged function in a process of its own, under Lambda's runtime client. */
package io.github.eksoidc.harness;
