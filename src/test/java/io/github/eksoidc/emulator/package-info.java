/**
 * Tests with independent emulators: MiniStack runs CloudFormation, Lambda and EKS, moto runs IAM.
 * Runs with {@code mvn verify -Pministack} only; needs Python.
 */
package io.github.eksoidc.emulator;
