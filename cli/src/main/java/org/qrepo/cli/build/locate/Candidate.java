package org.qrepo.cli.build.locate;

import java.nio.file.Path;
import java.util.Optional;
import org.qrepo.cli.config.ComponentName;

/**
 * A file of a tree that may be a package.
 *
 * @param component whose it is by its place; empty if that does not say it
 * @param last whether that component's last build made it, by the builder's own notes
 */
record Candidate(Path path, Optional<ComponentName> component, boolean last) {}
