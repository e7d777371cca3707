/** Measures the function beside what its users would otherwise run: {@code benchmark/run}. */
package io.github.eksoidc.benchmark;
