/** The contract, sentence by sentence: the packaged function with the in-memory AWS. */
package io.github.eksoidc.contract;
