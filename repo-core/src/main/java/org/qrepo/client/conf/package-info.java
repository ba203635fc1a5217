/**
 * pacman's configuration as pacman reads it: files, includes, sections, and what becomes of them.
 * The command line uses it to say what a client will do. It runs no program, fetches nothing and
 * changes no file.
 */
@NullMarked
package org.qrepo.client.conf;

import org.jspecify.annotations.NullMarked;
