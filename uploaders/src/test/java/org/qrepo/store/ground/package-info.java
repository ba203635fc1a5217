/**
 * Where tests publish to and where their clients fetch from: real servers, each with a folder of
 * this machine in which everything lies that it holds. Sweeps over all stores may use them; they
 * never judge anything.
 */
@NullMarked
package org.qrepo.store.ground;

import org.jspecify.annotations.NullMarked;
