/**
 * Tests of the whole program against the real pacman, repo-add, makepkg, gpg, nginx and Apache, and
 * the classes that drive those. Only the integration tests use it. It never touches the keyring,
 * the configuration or the packages of the machine that it runs on.
 */
@NullMarked
package org.qrepo.it;

import org.jspecify.annotations.NullMarked;
