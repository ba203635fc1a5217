package org.qrepo.cli.build.locate;

import java.nio.file.Path;

/**
 * A file that something newer has taken the place of.
 *
 * @param what name and version
 * @param reason one line, lower case
 */
public record LeftOut(Path path, String what, String reason) {}
