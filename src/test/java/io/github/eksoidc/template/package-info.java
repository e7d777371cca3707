/** The templates of this project: the function's own, and the examples. */
package io.github.eksoidc.template;
