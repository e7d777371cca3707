/** Trust policies, judged by who may assume a role under them. */
package io.github.eksoidc.trust;
