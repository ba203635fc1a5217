package org.qrepo.cli.config;

import java.nio.file.Path;

/**
 * Where a value came from.
 *
 * @param where for people: {@code file:line:column}, a variable, a flag, or {@code default}
 * @param base what relative paths are relative to
 * @param mayRun whether the value may name a program to run: not if others could have written it
 */
record Origin(String where, Path base, boolean mayRun) {}
