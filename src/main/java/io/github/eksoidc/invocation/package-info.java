/**
 * Handles one invocation: reads its event, decides who handles it, runs the work under a deadline,
 * responds or returns the result, and logs it. The only package that joins the edges {@code aws}
 * and {@code cloudformation} with the core. What a request does is none of its business.
 */
package io.github.eksoidc.invocation;
