/** The sentences of the contract, on the wire: the packaged function against the AWS in memory. */
package io.github.eksoidc.contract;
